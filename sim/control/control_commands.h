// SPDX-License-Identifier: Apache-2.0
// The control socket's language. Every line is {"do": WHAT, …}; the answer is {"ok": true, …} or
// {"ok": false, "error": TEXT}.
#ifndef RDS_CSI_SIM_CONTROL_CONTROL_COMMANDS_H_
#define RDS_CSI_SIM_CONTROL_CONTROL_COMMANDS_H_

#include <string>

namespace rds_csi::sim {

class Simulator;

std::string RunControlLine(Simulator& simulator, const std::string& line);

// What --help and {"do":"help"} say about it.
std::string ControlHelp();

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONTROL_CONTROL_COMMANDS_H_
