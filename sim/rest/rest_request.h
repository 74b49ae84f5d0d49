// SPDX-License-Identifier: Apache-2.0
// A REST request as a command:
//   GET    /rest/disk?slot=a&.proplist=b,c   print      GET    /rest/disk/*1   the row
//   PUT    /rest/disk {…}                    add        PATCH  /rest/disk/*1   set
//   DELETE /rest/disk/*1                     remove     POST   /rest/disk/VERB any command
#ifndef RDS_CSI_SIM_REST_REST_REQUEST_H_
#define RDS_CSI_SIM_REST_REST_REQUEST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/rest/http_message.h"
#include "sim/router/command.h"
#include "sim/schema/schema.h"

namespace rds_csi::sim {

struct RestCall {
  enum class Answer {
    kRows,     // a list
    kRow,      // one object, 404 when there is none
    kCreated,  // the added row, 201
    kChanged,  // the changed row
    kDeleted,  // 204
    kResult,   // {"ret": …}, or [] when the command gives nothing
  };

  Command command;
  Answer answer = Answer::kRows;
  std::vector<std::string> proplist;  // empty: all
  bool count_only = false;
  std::string script;      // of /rest/execute, which has no command
  bool as_string = false;  // its answer is the output, not a job
};

// INVALID_ARGUMENT in REST's words: "no such command or directory (x)", "unknown parameter x",
// "invalid JSON …".
absl::StatusOr<RestCall> ParseRest(const Schema& schema, const HttpRequest& request);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_REST_REQUEST_H_
