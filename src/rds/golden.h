// SPDX-License-Identifier: Apache-2.0
// Golden files of the two reply parsers (tests only): testdata/<door>/<verb>-<what>.reply holds the
// bytes of an answer, and the .expected beside it what comes out. REST's begin with a line "HTTP
// <status>", which is not part of the body.
#ifndef RDS_CSI_RDS_GOLDEN_H_
#define RDS_CSI_RDS_GOLDEN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rds/command.h"

namespace rds_csi {

struct Golden {
  std::string name;
  RosCommand::Verb verb = RosCommand::Verb::kPrint;
  long http_status = 0;
  std::string reply;
  std::string expected;
};

// A command on /disk, on the row *1F where it needs one.
RosCommand DiskCommand(RosCommand::Verb verb);

// All of testdata/`door`, at least one.
std::vector<Golden> ReadGoldens(const std::string& door);

// As in the .expected files: "property=value" lines and an empty line after each record, or
// "CODE: message".
std::string Shown(const absl::StatusOr<std::vector<RosRecord>>& records);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_GOLDEN_H_
