// SPDX-License-Identifier: Apache-2.0
// A file of text that somebody else wrote for us: a credential, a certificate, a kubeconfig.
#ifndef RDS_CSI_BASE_TEXT_FILE_H_
#define RDS_CSI_BASE_TEXT_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace rds_csi {

// All of it, as it is. FAILED_PRECONDITION naming the file: it cannot be read, holds nothing but
// blanks, or more than `limit` bytes, of which no more than one too many is read.
absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t limit);

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_TEXT_FILE_H_
