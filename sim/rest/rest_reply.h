// SPDX-License-Identifier: Apache-2.0
// Answers as HTTP responses: every value is a string.
#ifndef RDS_CSI_SIM_REST_REST_REPLY_H_
#define RDS_CSI_SIM_REST_REST_REPLY_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "sim/rest/http_message.h"
#include "sim/rest/rest_request.h"
#include "sim/router/command.h"

namespace rds_csi::sim {

// {"error":400,"message":"Bad Request","detail":"…"}; no detail when it is empty.
HttpResponse ErrorResponse(int status, std::string_view detail);

// What REST makes of a refused command; see router/trap.h. `named_by_url`: a missing row is a 404.
HttpResponse ErrorResponse(const absl::Status& status, bool named_by_url);

// The answer to a command that was done, for the forms that need no second look at the table.
HttpResponse ReplyResponse(const RestCall& call, Reply reply);

HttpResponse RowResponse(int status, const RestCall& call, Record row);
HttpResponse ResultResponse(std::string_view result);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_REST_REPLY_H_
