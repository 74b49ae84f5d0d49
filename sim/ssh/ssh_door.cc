// SPDX-License-Identifier: Apache-2.0
#include "sim/ssh/ssh_door.h"

#include <fmt/format.h>
#include <unistd.h>

#include "sim/base/units.h"
#include "sim/ssh/ssh_session.h"

namespace rds_csi::sim {

absl::StatusOr<std::unique_ptr<SshDoor>> SshDoor::Create(Service& service,
                                                         const SshDoorOptions& options) {
  Bind bind(ssh_bind_new(), ssh_bind_free);
  const bool no_config = false;
  ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_PROCESS_CONFIG, &no_config);
  if (ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_HOSTKEY, options.host_key_file.c_str()) !=
      SSH_OK) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", options.host_key_file, ssh_get_error(bind.get())));
  }
  const auto words = SplitList(options.user_key, ' ');
  ssh_key key = nullptr;
  if (words.size() < 2 ||
      ssh_pki_import_pubkey_base64(words[1].c_str(), ssh_key_type_from_name(words[0].c_str()),
                                   &key) != SSH_OK) {
    return absl::InvalidArgumentError("the user's public key is none");
  }
  return std::unique_ptr<SshDoor>(
      new SshDoor(service, options.address, std::move(bind), Key(key, ssh_key_free)));
}

SshDoor::SshDoor(Service& service, Address address, Bind bind, Key user_key)
    : service_(service),
      bind_(std::move(bind)),
      user_key_(std::move(user_key)),
      listener_(std::move(address), [this](int fd) { Serve(fd); }) {}

SshDoor::~SshDoor() { Close(); }

void SshDoor::Serve(int fd) {
  const uint64_t before = sessions_++;
  if (before < service_.switches().Number("ssh-sessions")) {
    const std::unique_ptr<ssh_session_struct, decltype(&ssh_free)> session(ssh_new(), ssh_free);
    // libssh closes the descriptor that it is given; the listener keeps the one that it made.
    const int own = dup(fd);
    std::unique_lock lock(mutex_);
    const bool accepted = ssh_bind_accept_fd(bind_.get(), session.get(), own) == SSH_OK;
    lock.unlock();
    if (accepted) SshSession(service_, session.get(), user_key_.get()).Run();
    ssh_disconnect(session.get());
  }
  --sessions_;
}

}  // namespace rds_csi::sim
