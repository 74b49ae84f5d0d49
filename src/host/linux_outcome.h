// SPDX-License-Identifier: Apache-2.0
// What a verb of rds-csi-io came to. It is not an absl::Status, since the errno itself goes over to
// the driver, and since rds-csi-io links none of Abseil: it starts in a millisecond.
#ifndef RDS_CSI_HOST_LINUX_OUTCOME_H_
#define RDS_CSI_HOST_LINUX_OUTCOME_H_

#include <string>
#include <string_view>

namespace rds_csi {

struct Outcome {
  int error = 0;     // an errno; 0: done
  std::string text;  // done: what to print; else the object and the act, without the errno's words
  bool ok() const { return error == 0; }
};

Outcome Done(std::string text = "");

// `what` names the act and the object: "open /dev/nvme0n1".
Outcome Failed(int error, std::string_view what);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_OUTCOME_H_
