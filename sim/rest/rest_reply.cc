// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/rest_reply.h"

#include <fmt/format.h>

#include "sim/base/status_macros.h"
#include "sim/print/json.h"
#include "sim/print/projection.h"

namespace rds_csi::sim {
namespace {

constexpr JsonStyle kStrings = {.pretty = false, .keep_strings = true, .all_strings = true};

std::string_view MessageOf(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    default:
      return "Internal Server Error";
  }
}

std::string JoinIds(const std::vector<Record>& rows) {
  std::string ids;
  for (const Record& row : rows) ids += (ids.empty() ? "" : ";") + row.id;
  return ids;
}

}  // namespace

HttpResponse ErrorResponse(int status, std::string_view detail) {
  HttpResponse response;
  response.status = status;
  response.body =
      fmt::format("{{\"error\":{},\"message\":{}", status, QuoteJson(MessageOf(status)));
  if (!detail.empty()) response.body += ",\"detail\":" + QuoteJson(detail);
  response.body += "}";
  return response;
}

HttpResponse ErrorResponse(const absl::Status& status, bool named_by_url) {
  HttpResponse response;
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      response.drop = true;
      return response;
    case absl::StatusCode::kDataLoss:
      response.content_type = "text/html";
      response.body = std::string(Message(status));
      return response;
    case absl::StatusCode::kNotFound:
      return named_by_url ? ErrorResponse(404, "") : ErrorResponse(400, Message(status));
    case absl::StatusCode::kPermissionDenied:
      return ErrorResponse(500, Message(status));
    default:
      return ErrorResponse(400, Message(status));
  }
}

HttpResponse RowResponse(int status, const RestCall& call, Record row) {
  std::vector<Record> rows = {std::move(row)};
  if (!call.proplist.empty()) Project(call.proplist, rows);
  HttpResponse response;
  response.status = status;
  response.body = PrintJson(rows.front(), kStrings);
  return response;
}

HttpResponse ResultResponse(std::string_view result) {
  HttpResponse response;
  response.body = fmt::format("{{\"ret\":{}}}", QuoteJson(result));
  return response;
}

HttpResponse ReplyResponse(const RestCall& call, Reply reply) {
  HttpResponse response;
  if (call.answer == RestCall::Answer::kDeleted) {
    response.status = 204;
    return response;
  }
  if (call.count_only) return ResultResponse(fmt::format("{}", reply.rows.size()));
  if (call.command.verb == "find") return ResultResponse(JoinIds(reply.rows));
  if (call.answer == RestCall::Answer::kResult && !reply.result.empty()) {
    return ResultResponse(reply.result);
  }
  if (!call.proplist.empty()) Project(call.proplist, reply.rows);
  response.body = PrintJson(reply.rows, kStrings);
  return response;
}

}  // namespace rds_csi::sim
