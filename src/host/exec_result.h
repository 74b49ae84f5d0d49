// SPDX-License-Identifier: Apache-2.0
// What a run of a program came to. Without Abseil, for rds-csi-io answers with it too.
#ifndef RDS_CSI_HOST_EXEC_RESULT_H_
#define RDS_CSI_HOST_EXEC_RESULT_H_

#include <string>

namespace rds_csi {

struct ExecResult {
  int exit_code = 0;
  std::string output;  // standard output
  std::string errors;  // standard error
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_EXEC_RESULT_H_
