// SPDX-License-Identifier: Apache-2.0
// One line of a watch: {"type":"MODIFIED","object":{…}}.
#ifndef RDS_CSI_KUBE_WATCH_LINE_H_
#define RDS_CSI_KUBE_WATCH_LINE_H_

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kube/api.h"

namespace rds_csi {

struct WatchLine {
  WatchEvent event;
  std::string version;  // of the object: a watch goes on from there
};

// INTERNAL: not of that shape, naming what was asked for. A line of type ERROR is the error that it
// tells, as ApiError has it: OUT_OF_RANGE when what was asked from is no longer kept.
absl::StatusOr<WatchLine> ParseWatchLine(std::string_view line, const Asked& asked,
                                         const std::set<std::string>& leave_out);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_WATCH_LINE_H_
