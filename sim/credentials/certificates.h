// SPDX-License-Identifier: Apache-2.0
// A CA of our own and a server certificate from it, kept in a directory: ca.crt, ca.key,
// server.crt, server.key (PEM).
#ifndef RDS_CSI_SIM_CREDENTIALS_CERTIFICATES_H_
#define RDS_CSI_SIM_CREDENTIALS_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rds_csi::sim {

// Makes what is missing. `names` are the addresses and DNS names that clients will call the server;
// a server certificate that lacks one of them is made anew, the CA stays.
absl::Status ProvideCertificates(const std::string& directory,
                                 const std::vector<std::string>& names);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CREDENTIALS_CERTIFICATES_H_
