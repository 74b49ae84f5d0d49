// SPDX-License-Identifier: Apache-2.0
// SSH as RouterOS offers it to programs: exec channels without a terminal, one console line each,
// output with CR LF, errors among the output.
#ifndef RDS_CSI_SIM_SSH_SSH_DOOR_H_
#define RDS_CSI_SIM_SSH_SSH_DOOR_H_

#include <libssh/libssh.h>
#include <libssh/server.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "sim/control/service.h"
#include "sim/net/listener.h"

namespace rds_csi::sim {

struct SshDoorOptions {
  Address address;
  std::string host_key_file;
  std::string user_key;  // a line of authorized_keys; the key that is imported for the user
};

class SshDoor {
 public:
  // INVALID_ARGUMENT when a key cannot be used.
  static absl::StatusOr<std::unique_ptr<SshDoor>> Create(Service& service,
                                                         const SshDoorOptions& options);
  ~SshDoor();

  absl::Status Open() { return listener_.Open(); }
  void Close() { listener_.Close(); }
  uint16_t port() const { return listener_.port(); }

 private:
  using Bind = std::unique_ptr<ssh_bind_struct, decltype(&ssh_bind_free)>;
  using Key = std::unique_ptr<ssh_key_struct, decltype(&ssh_key_free)>;

  SshDoor(Service& service, Address address, Bind bind, Key user_key);
  void Serve(int fd);

  Service& service_;
  std::mutex mutex_;  // guards bind_
  Bind bind_;
  const Key user_key_;
  std::atomic<uint64_t> sessions_{0};
  Listener listener_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_SSH_SSH_DOOR_H_
