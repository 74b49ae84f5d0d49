// SPDX-License-Identifier: Apache-2.0
#include "controller/left_files.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

void Tell(Reporter& reporter, const std::string& file) {
  reporter.Tell({.reason = Reason::kFileLeft,
                 .volume_id = {},
                 .node_id = {},
                 .claim = {},
                 .message = fmt::format("RDS: no disk has the file {}, and it is kept. It may hold "
                                        "the data of a volume whose disk somebody removed; to be "
                                        "rid of it, remove it on the RDS",
                                        Quoted(file))});
}

}  // namespace

absl::Status LeftFiles::Look(const Controller& controller, const RdsVolumes::Listing& listing,
                             absl::Time deadline) {
  const absl::Time now = controller.clock.Now();
  if (now < next_) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<std::string> left,
      controller.volumes.FindLeftFiles(listing, controller.config.base_paths, deadline));
  next_ = now + kPause;
  for (const std::string& file : left) {
    if (seen_.Note(file, now) != now && told_.Note(file, now) == now) {
      Tell(controller.reporter, file);
    }
  }
  seen_.EndRound();
  told_.EndRound();
  return absl::OkStatus();
}

}  // namespace rds_csi
