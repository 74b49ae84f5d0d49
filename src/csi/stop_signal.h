// SPDX-License-Identifier: Apache-2.0
// SIGTERM and SIGINT as something to wait for, instead of something that interrupts.
#ifndef RDS_CSI_CSI_STOP_SIGNAL_H_
#define RDS_CSI_CSI_STOP_SIGNAL_H_

#include <string>

namespace rds_csi {

// Call it before the first thread is made, which inherits it. SIGPIPE is ignored from now on.
void HoldStopSignals();

// Returns the name of the signal that came. The next one ends the process at once.
std::string WaitForStopSignal();

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_STOP_SIGNAL_H_
