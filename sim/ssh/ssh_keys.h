// SPDX-License-Identifier: Apache-2.0
// SSH keys as files.
#ifndef RDS_CSI_SIM_SSH_SSH_KEYS_H_
#define RDS_CSI_SIM_SSH_SSH_KEYS_H_

#include <string>

#include "absl/status/statusor.h"

namespace rds_csi::sim {

enum class SshKeyType { kEd25519, kRsa };

// Makes a private key at `path` (mode 0600) unless there is one. UNAVAILABLE, naming the path.
absl::Status ProvideSshKey(const std::string& path, SshKeyType type);

// The public half of a private key's file as a line of authorized_keys: "ssh-ed25519 AAAA…".
absl::StatusOr<std::string> PublicKeyLine(const std::string& path);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_SSH_SSH_KEYS_H_
