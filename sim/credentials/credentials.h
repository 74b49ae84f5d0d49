// SPDX-License-Identifier: Apache-2.0
// Everything secret of one rds-sim, kept in its state directory and handed out to clients.
#ifndef RDS_CSI_SIM_CREDENTIALS_CREDENTIALS_H_
#define RDS_CSI_SIM_CREDENTIALS_CREDENTIALS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/ssh/ssh_keys.h"

namespace rds_csi::sim {

struct CredentialOptions {
  std::string directory;  // made when it is not there
  std::string username = "csi";
  std::string password;            // empty: the one of the last start, else a random one
  std::vector<std::string> names;  // in the server certificate
  SshKeyType host_key_type = SshKeyType::kRsa;
};

struct Credentials {
  std::string directory;
  std::string username;
  std::string password;
  std::string host_key_line;  // of the SSH server, "ssh-rsa AAAA…"
  std::string user_key_line;  // of the user, "ssh-ed25519 AAAA…"

  std::string certificate_file() const { return directory + "/server.crt"; }
  std::string key_file() const { return directory + "/server.key"; }
  std::string host_key_file;
};

// Makes what is missing.
absl::StatusOr<Credentials> ProvideCredentials(const CredentialOptions& options);

// Writes the files that the driver reads: username, password, private-key, host-key, ca.crt,
// server.crt.
absl::Status HandOut(const Credentials& credentials, const std::string& directory);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CREDENTIALS_CREDENTIALS_H_
