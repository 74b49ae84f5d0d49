// SPDX-License-Identifier: Apache-2.0
#include "sim/ssh/ssh_keys.h"

#include <fmt/format.h>
#include <libssh/libssh.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

namespace rds_csi::sim {
namespace {

using Key = std::unique_ptr<ssh_key_struct, decltype(&ssh_key_free)>;

absl::Status Unusable(const std::string& path, std::string_view what) {
  return absl::UnavailableError(fmt::format("{}: {}", path, what));
}

}  // namespace

absl::Status ProvideSshKey(const std::string& path, SshKeyType type) {
  if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  const bool rsa = type == SshKeyType::kRsa;
  ssh_key made = nullptr;
  if (ssh_pki_generate(rsa ? SSH_KEYTYPE_RSA : SSH_KEYTYPE_ED25519, rsa ? 2048 : 0, &made) !=
      SSH_OK) {
    return Unusable(path, "cannot make an SSH key");
  }
  const Key key(made, ssh_key_free);
  const mode_t before = umask(0077);
  const int written =
      ssh_pki_export_privkey_file(key.get(), nullptr, nullptr, nullptr, path.c_str());
  umask(before);
  return written == SSH_OK ? absl::OkStatus() : Unusable(path, "cannot write an SSH key");
}

absl::StatusOr<std::string> PublicKeyLine(const std::string& path) {
  ssh_key read = nullptr;
  if (ssh_pki_import_privkey_file(path.c_str(), nullptr, nullptr, nullptr, &read) != SSH_OK) {
    return Unusable(path, "no private SSH key");
  }
  const Key key(read, ssh_key_free);
  ssh_key half = nullptr;
  if (ssh_pki_export_privkey_to_pubkey(key.get(), &half) != SSH_OK) {
    return Unusable(path, "has no public half");
  }
  const Key public_key(half, ssh_key_free);
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(public_key.get(), &base64) != SSH_OK) {
    return Unusable(path, "has no public half");
  }
  std::string line =
      fmt::format("{} {}", ssh_key_type_to_char(ssh_key_type(public_key.get())), base64);
  ssh_string_free_char(base64);
  return line;
}

}  // namespace rds_csi::sim
