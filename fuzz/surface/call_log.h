// SPDX-License-Identifier: Apache-2.0
// What is logged while a call is answered. The log is standard error; what the sanitizers have to
// say still gets out.
#ifndef RDS_CSI_FUZZ_SURFACE_CALL_LOG_H_
#define RDS_CSI_FUZZ_SURFACE_CALL_LOG_H_

#include <string>

namespace rds_csi::surface {

class CallLog {
 public:
  CallLog();
  ~CallLog();
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;

  std::string Text() const;

 private:
  const int former_;
};

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_CALL_LOG_H_
