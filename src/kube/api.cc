// SPDX-License-Identifier: Apache-2.0
#include "kube/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "kube/pause.h"
#include "kube/watch_line.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

constexpr absl::Duration kShortestWait = absl::Milliseconds(100);
constexpr int kMostRestarts = 5;

bool IsGood(const Http::Answer& answer) { return answer.status >= 200 && answer.status < 300; }

// How long to wait before the same request is sent again; none where it is not to be.
std::optional<absl::Duration> WaitFor(const Http::Answer& answer, const Http::Until& until) {
  if ((answer.status != 429 && answer.status != 503) || !answer.retry_after) return std::nullopt;
  const absl::Duration wait = std::max(*answer.retry_after, kShortestWait);
  if (absl::Now() + wait >= until.deadline) return std::nullopt;
  return wait;
}

struct Page {
  Json object;
  std::string next;  // empty: the last one
  std::string version;
};

absl::StatusOr<Page> ReadPage(std::string_view body, const Asked& asked,
                              const ListOptions& options) {
  Page page;
  ASSIGN_OR_RETURN(page.object, ParseObject(body, Describe(asked), options.leave_out));
  const FieldReader fields(page.object, Describe(asked));
  ASSIGN_OR_RETURN(page.next, fields.StringOrEmpty("metadata.continue"));
  ASSIGN_OR_RETURN(page.version, fields.String("metadata.resourceVersion"));
  return page;
}

absl::Status TakePage(const Page& page, const Asked& asked, const ListSink& sink) {
  ASSIGN_OR_RETURN(const Json* const items,
                   FieldReader(page.object, Describe(asked)).ArrayIfThere("items"));
  if (items == nullptr) return absl::OkStatus();
  for (const Json& item : *items) RETURN_IF_ERROR(sink.take(item));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> KubeApi::Send(const Http::Request& request, const Asked& asked,
                                          const Until& until) const {
  while (true) {
    auto answer = http_.Send(request, until);
    if (!answer.ok()) return Annotate(answer.status(), Describe(asked));
    if (IsGood(*answer)) return std::move(answer->body);
    const std::optional<absl::Duration> wait = WaitFor(*answer, until);
    if (!wait) return ApiError(answer->status, answer->body, asked);
    if (!Pause(*wait, until.stop)) return Error(Code::kCancelled, Describe(asked) + ": stopped");
  }
}

absl::StatusOr<Json> KubeApi::SendForObject(const Http::Request& request, const Asked& asked,
                                            const Until& until) const {
  ASSIGN_OR_RETURN(const std::string body, Send(request, asked, until));
  return ParseObject(body, Describe(asked));
}

absl::StatusOr<Json> KubeApi::Get(const Resource& resource, const ObjectName& name,
                                  const Until& until) const {
  Http::Request request;
  ASSIGN_OR_RETURN(request.path, ObjectPath(resource, name));
  return SendForObject(request, {"get", resource, name}, until);
}

absl::StatusOr<std::string> KubeApi::List(const Resource& resource, const std::string& name_space,
                                          const ListOptions& options, const ListSink& sink,
                                          const Until& until) const {
  const Asked asked{"list", resource, {name_space, ""}};
  ASSIGN_OR_RETURN(const std::string path, CollectionPath(resource, name_space));
  std::string next;
  int restarts = 0;
  sink.start_over();
  while (true) {
    Http::Request request;
    request.path = fmt::format("{}?limit={}", path, options.page);
    if (!next.empty()) request.path += "&continue=" + EscapeQuery(next);
    const auto body = Send(request, asked, until);
    if (absl::IsOutOfRange(body.status()) && !next.empty() && restarts++ < kMostRestarts) {
      next.clear();
      sink.start_over();
      continue;
    }
    RETURN_IF_ERROR(body.status());
    ASSIGN_OR_RETURN(Page page, ReadPage(*body, asked, options));
    RETURN_IF_ERROR(TakePage(page, asked, sink));
    if (page.next.empty()) return std::move(page.version);
    next = std::move(page.next);
  }
}

absl::StatusOr<WatchEnd> KubeApi::Watch(
    const Resource& resource, const std::string& name_space, const WatchOptions& options,
    std::string& from, const std::function<absl::Status(const WatchEvent&)>& on_event,
    const Until& until) const {
  const Asked asked{"watch", resource, {name_space, ""}};
  Http::Request request;
  ASSIGN_OR_RETURN(const std::string path, CollectionPath(resource, name_space));
  request.path =
      fmt::format("{}?watch=1&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}", path,
                  EscapeQuery(from), absl::ToInt64Seconds(options.length));
  const auto on_line = [&](std::string_view line) -> absl::Status {
    ASSIGN_OR_RETURN(const WatchLine read, ParseWatchLine(line, asked, options.leave_out));
    RETURN_IF_ERROR(on_event(read.event));
    from = read.version;
    return absl::OkStatus();
  };
  const auto answer = http_.Stream(request, until, on_line);
  if (absl::IsOutOfRange(answer.status())) return WatchEnd::kExpired;
  if (!answer.ok()) return Annotate(answer.status(), Describe(asked));
  if (IsGood(*answer)) return WatchEnd::kOver;
  absl::Status error = ApiError(answer->status, answer->body, asked);
  if (absl::IsOutOfRange(error)) return WatchEnd::kExpired;
  return error;
}

absl::StatusOr<Json> KubeApi::Create(const Resource& resource, const std::string& name_space,
                                     const Json& object, const Until& until) const {
  Http::Request request;
  request.method = "POST";
  ASSIGN_OR_RETURN(request.path, CollectionPath(resource, name_space));
  request.body = ToText(object);
  return SendForObject(request, {"create", resource, {name_space, ""}}, until);
}

absl::StatusOr<Json> KubeApi::MergePatch(const Resource& resource, const ObjectName& name,
                                         const Json& patch, const Until& until) const {
  Http::Request request;
  request.method = "PATCH";
  request.content_type = "application/merge-patch+json";
  ASSIGN_OR_RETURN(request.path, ObjectPath(resource, name));
  request.body = ToText(patch);
  return SendForObject(request, {"patch", resource, name}, until);
}

}  // namespace rds_csi
