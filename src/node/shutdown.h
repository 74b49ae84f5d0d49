// SPDX-License-Identifier: Apache-2.0
// The end of this plugin. When only the plugin ends, nothing is touched: volumes stay connected,
// anchors stay, and the next plugin adopts them. When the whole machine goes down, connections are
// let go, so that nothing waits for an RDS for ever.
#ifndef RDS_CSI_NODE_SHUTDOWN_H_
#define RDS_CSI_NODE_SHUTDOWN_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/node.h"

namespace rds_csi {

// When logind means to take the machine down, as /run/systemd/shutdown/scheduled says it
// ("USEC=<microseconds since 1970>" among other lines); none: it does not say.
std::optional<absl::Time> ScheduledShutdown(std::string_view scheduled);

// Whether the machine is on its way down, by what systemd leaves in its /run, here `run_dir`:
//   nologin                    made by systemd-user-sessions.service when it stops, and by logind
//                              five minutes ahead of a planned shutdown
//   systemd/shutdown/scheduled counts in the last minute before its time, and after
// None of the two, or a `run_dir` that is not there: no.
bool IsMachineGoingDown(Files& files, const std::string& run_dir, absl::Time now);

// Lets go of every staged volume, anchors first: one that nobody uses is disconnected; the
// connections of the others get a short ctrl_loss_tmo, so that an unmount later on ends by itself.
// What cannot be done is left. The first error, for the log.
absl::Status LetGo(const Node& node, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_SHUTDOWN_H_
