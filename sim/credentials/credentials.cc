// SPDX-License-Identifier: Apache-2.0
#include "sim/credentials/credentials.h"

#include "sim/base/files.h"
#include "sim/base/status_macros.h"
#include "sim/base/uuid.h"
#include "sim/credentials/certificates.h"

namespace rds_csi::sim {
namespace {

absl::StatusOr<std::string> ProvidePassword(const CredentialOptions& options) {
  const std::string path = options.directory + "/password";
  std::string password = options.password;
  if (password.empty()) {
    if (auto kept = ReadFile(path); kept.ok()) return kept;
    password = RandomUuid();
  }
  SIM_RETURN_IF_ERROR(WriteFile(path, password));
  return password;
}

}  // namespace

absl::StatusOr<Credentials> ProvideCredentials(const CredentialOptions& options) {
  SIM_RETURN_IF_ERROR(MakeDirectories(options.directory));
  Credentials credentials;
  credentials.directory = options.directory;
  credentials.username = options.username;
  SIM_ASSIGN_OR_RETURN(credentials.password, ProvidePassword(options));
  SIM_RETURN_IF_ERROR(ProvideCertificates(options.directory, options.names));
  const bool rsa = options.host_key_type == SshKeyType::kRsa;
  credentials.host_key_file = options.directory + (rsa ? "/host-key-rsa" : "/host-key-ed25519");
  SIM_RETURN_IF_ERROR(ProvideSshKey(credentials.host_key_file, options.host_key_type));
  const std::string user_key = options.directory + "/user-key";
  SIM_RETURN_IF_ERROR(ProvideSshKey(user_key, SshKeyType::kEd25519));
  SIM_ASSIGN_OR_RETURN(credentials.host_key_line, PublicKeyLine(credentials.host_key_file));
  SIM_ASSIGN_OR_RETURN(credentials.user_key_line, PublicKeyLine(user_key));
  return credentials;
}

absl::Status HandOut(const Credentials& credentials, const std::string& directory) {
  SIM_RETURN_IF_ERROR(MakeDirectories(directory));
  SIM_RETURN_IF_ERROR(WriteFile(directory + "/username", credentials.username));
  SIM_RETURN_IF_ERROR(WriteFile(directory + "/password", credentials.password));
  SIM_RETURN_IF_ERROR(WriteFile(directory + "/host-key", credentials.host_key_line + "\n"));
  SIM_ASSIGN_OR_RETURN(const std::string key, ReadFile(credentials.directory + "/user-key"));
  SIM_RETURN_IF_ERROR(WriteFile(directory + "/private-key", key));
  for (const std::string name : {"/ca.crt", "/server.crt"}) {
    SIM_ASSIGN_OR_RETURN(const std::string pem, ReadFile(credentials.directory + name));
    SIM_RETURN_IF_ERROR(WriteFile(directory + name, pem, 0644));
  }
  return absl::OkStatus();
}

}  // namespace rds_csi::sim
