// SPDX-License-Identifier: Apache-2.0
// The pin of one exact server key, as libcurl takes it.
#ifndef RDS_CSI_RDS_SERVER_PIN_H_
#define RDS_CSI_RDS_SERVER_PIN_H_

#include <string>

#include "absl/status/statusor.h"

namespace rds_csi {

// "sha256//" and base64 of the SHA-256 of the public key (SubjectPublicKeyInfo, DER) in the first
// certificate of `pem`. FAILED_PRECONDITION: server.crt holds no certificate.
absl::StatusOr<std::string> ServerPin(const std::string& pem);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_SERVER_PIN_H_
