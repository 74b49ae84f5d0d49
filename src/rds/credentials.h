// SPDX-License-Identifier: Apache-2.0
// How we log in to the RDS and how we know that it is the RDS: files of one directory, as a
// Kubernetes Secret is mounted. Kubernetes swaps them while we run, so they are read for every new
// connection, and again where a connection that stayed open is suddenly refused.
#ifndef RDS_CSI_RDS_CREDENTIALS_H_
#define RDS_CSI_RDS_CREDENTIALS_H_

#include <string>

#include "absl/status/statusor.h"

namespace rds_csi {

// One member a file; empty where there is no such file.
struct Credentials {
  std::string username;     // username
  std::string password;     // password
  std::string private_key;  // private-key: OpenSSH or PEM, without a passphrase
  std::string host_key;     // host-key: lines of authorized_keys style, or SHA256:… fingerprints
  std::string ca;           // ca.crt: PEM
  std::string server;       // server.crt: PEM; exactly this certificate, whoever signed it
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

// The files of `directory`; blanks and line breaks at the ends of username, password and host-key
// are dropped. Contents never get into a message.
// FAILED_PRECONDITION naming the file: it cannot be read, is empty or over 64 KiB; or no username.
absl::StatusOr<Credentials> ReadCredentials(const std::string& directory);

// Whether they are enough. FAILED_PRECONDITION naming the files that are missing, or server.crt
// when it holds no certificate. REST: password, and server.crt or ca.crt (server.crt holds where
// both are there).
absl::Status CheckForRest(const Credentials& credentials, const std::string& directory);
// SSH: private-key or password (the key is tried first), and host-key if it is `pinned`.
absl::Status CheckForSsh(const Credentials& credentials, const std::string& directory, bool pinned);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_CREDENTIALS_H_
