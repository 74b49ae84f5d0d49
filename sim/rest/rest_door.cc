// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/rest_door.h"

#include <fmt/format.h>

#include <chrono>
#include <future>
#include <thread>

#include "sim/console/console.h"
#include "sim/rest/http_connection.h"
#include "sim/rest/rest_reply.h"

namespace rds_csi::sim {

RestDoor::RestDoor(Service& service, TlsContext context, Address address)
    : service_(service),
      context_(std::move(context)),
      listener_(std::move(address), [this](int fd) { Serve(fd); }) {}

RestDoor::~RestDoor() {
  Close();
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return running_ == 0; });
}

void RestDoor::Serve(int fd) {
  // A connection that showed a good password once is one login, however many requests it has.
  bool logged_in = false;
  HttpConnection(context_, fd).Serve([&](const HttpRequest& request) {
    const auto [name, password] = BasicCredentials(request.Header("authorization"));
    const bool known =
        logged_in && name == service_.user().name && password == service_.user().password;
    if (!known && !service_.PasswordLogin(Door::kRest, name, password)) {
      return ErrorResponse(401, "");
    }
    logged_in = true;
    return Answer(request);
  });
}

HttpResponse RestDoor::Answer(const HttpRequest& request) {
  service_.RoundTrip(Door::kRest);
  const auto call = ParseRest(service_.router().schema(), request);
  if (!call.ok()) return ErrorResponse(call.status(), false);
  return AnswerCapped(*call);
}

// The command runs in a thread of its own, so that the answer can be given up and the command not.
HttpResponse RestDoor::AnswerCapped(const RestCall& call) {
  std::promise<HttpResponse> promise;
  std::future<HttpResponse> response = promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  std::thread([this, call, promise = std::move(promise)]() mutable {
    promise.set_value(Run(call));
    const std::lock_guard lock(mutex_);
    --running_;
    ended_.notify_all();
  }).detach();
  const std::chrono::milliseconds cap(service_.switches().Number("rest-cap-ms"));
  if (response.wait_for(cap) == std::future_status::ready) return response.get();
  return ErrorResponse(400, "Session closed");
}

HttpResponse RestDoor::Run(const RestCall& call) {
  if (call.command.menu.empty()) return RunScript(call);
  auto reply = service_.Execute(Door::kRest, call.command);
  using Answer = RestCall::Answer;
  const bool named_by_url = call.answer == Answer::kChanged || call.answer == Answer::kDeleted;
  if (!reply.ok()) return ErrorResponse(reply.status(), named_by_url);
  switch (call.answer) {
    case Answer::kRow:
      if (reply->rows.empty()) return ErrorResponse(404, "");
      return RowResponse(200, call, std::move(reply->rows.front()));
    case Answer::kCreated:
    case Answer::kChanged:
      return AnswerRow(call, *reply);
    default:
      return ReplyResponse(call, *std::move(reply));
  }
}

// PUT and PATCH answer with the whole row as it is now.
HttpResponse RestDoor::AnswerRow(const RestCall& call, const Reply& reply) {
  const bool created = call.answer == RestCall::Answer::kCreated;
  Command get;
  get.menu = call.command.menu;
  get.verb = "get";
  get.arguments["number"] = created ? reply.result : call.command.Find(".id").value_or("");
  auto row = service_.router().Execute(get);
  if (!row.ok()) return ErrorResponse(row.status(), true);
  return RowResponse(created ? 201 : 200, call, std::move(row->rows.front()));
}

HttpResponse RestDoor::RunScript(const RestCall& call) {
  if (call.command.verb != "execute") {
    return ErrorResponse(400, fmt::format("no such command ({})", call.command.verb));
  }
  const auto execute = [this](const Command& command) {
    return service_.Execute(Door::kRest, command);
  };
  ConsoleOutput output = RunLine(service_.router().schema(), call.script, execute);
  if (absl::IsCancelled(output.status) || absl::IsDataLoss(output.status)) {
    return ErrorResponse(output.status, false);
  }
  if (call.as_string) return ResultResponse(output.text);
  const std::lock_guard lock(mutex_);
  return ResultResponse(fmt::format("*{:X}", next_job_++));
}

}  // namespace rds_csi::sim
