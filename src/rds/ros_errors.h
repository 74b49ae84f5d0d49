// SPDX-License-Identifier: Apache-2.0
// What RouterOS says when a command failed, as a Status. The one place where its words are read:
// REST puts them into `detail`, SSH prints them on standard output, the words are the same.
#ifndef RDS_CSI_RDS_ROS_ERRORS_H_
#define RDS_CSI_RDS_ROS_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

// `text` is RouterOS's own words, `command` what was tried ("/disk add").
//
//   NOT_FOUND            no such item
//   ALREADY_EXISTS       already exists, already have such item
//   RESOURCE_EXHAUSTED   not enough space, no space
//   DEADLINE_EXCEEDED    Session closed (REST after 60 s): the outcome is unknown
//   FAILED_PRECONDITION  no such file or directory: the volumes' directory is missing
//                        is in use, busy
//                        not allowed, cannot log in: our login lacks a policy
//                        bad command name, expected end of command, unknown parameter,
//                        syntax error: RouterOS is too old or too new
//   INTERNAL             everything else, with the words
absl::Status RosError(std::string_view text, std::string_view command);

// Whether a line of SSH output is an error and not data.
bool LooksLikeRosError(std::string_view line);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_ROS_ERRORS_H_
