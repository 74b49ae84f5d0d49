// SPDX-License-Identifier: Apache-2.0
// What RouterOS says when a command failed, as a Status. The one place where its words are read:
// REST puts them into `detail`, SSH prints them on standard output, the words are the same.
#ifndef RDS_CSI_RDS_ROS_ERRORS_H_
#define RDS_CSI_RDS_ROS_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

// `text` is RouterOS's own words, `command` what was tried ("/disk add").
//   no such item                              NOT_FOUND
//   no such file or directory                 FAILED_PRECONDITION: the volumes' directory is
//   missing … already exists, already have such item  ALREADY_EXISTS not enough space, no space
//   RESOURCE_EXHAUSTED is in use, busy                           FAILED_PRECONDITION not allowed,
//   cannot log in                FAILED_PRECONDITION (our login lacks a policy) Session closed
//   (REST after 60 s)          DEADLINE_EXCEEDED: outcome unknown bad command name, expected end of
//   command, unknown parameter, syntax error
//                                             FAILED_PRECONDITION: RouterOS is too old or too new
//   everything else                           INTERNAL, with the words
absl::Status RosError(std::string_view text, std::string_view command);

// Whether a line of SSH output is an error and not data.
bool LooksLikeRosError(std::string_view line);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_ROS_ERRORS_H_
