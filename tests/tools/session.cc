// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <absl/status/statusor.h>

#include <ostream>
#include <thread>

namespace rds_csi {
namespace {

using nlohmann::ordered_json;

absl::StatusOr<Call> ParseCall(const ordered_json& line) {
  if (!line.is_object()) return absl::InvalidArgumentError("the line is no JSON object");
  const auto field = [&line](const char* name) {
    return line.contains(name) ? line[name] : ordered_json();
  };
  const ordered_json socket = field("socket"), method = field("method");
  const ordered_json timeout = field("timeout_ms"), wait = field("wait_for_ready");
  if (!socket.is_string()) return absl::InvalidArgumentError("'socket' is no string");
  if (!method.is_string()) return absl::InvalidArgumentError("'method' is no string");
  if (!timeout.is_null() && !timeout.is_number_integer()) {
    return absl::InvalidArgumentError("'timeout_ms' is no integer");
  }
  if (!wait.is_null() && !wait.is_boolean()) {
    return absl::InvalidArgumentError("'wait_for_ready' is no boolean");
  }
  Call call;
  call.socket = socket;
  call.method = method;
  if (line.contains("request")) call.request = line["request"];
  if (!timeout.is_null()) call.timeout_ms = timeout;
  if (!wait.is_null()) call.wait_for_ready = wait;
  return call;
}

}  // namespace

Session::~Session() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return running_ == 0; });
}

void Session::Start(const std::string& line) {
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  std::thread([this, json = ordered_json::parse(line, nullptr, false)] {
    Finish(json.is_object() && json.contains("id") ? json["id"] : nullptr, AnswerTo(json));
  }).detach();
}

Answer Session::AnswerTo(const ordered_json& line) {
  const auto call = ParseCall(line);
  if (!call.ok()) return NotCalled(std::string(call.status().message()));
  return caller_.Make(*call);
}

void Session::Finish(const ordered_json& id, const Answer& answer) {
  ordered_json line;
  line["id"] = id;
  line["code"] = answer.code;
  line["code_name"] = CodeName(answer.code);
  line["message"] = answer.message;
  line["response"] = answer.response;
  line["ms"] = answer.ms;
  const std::string text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const std::lock_guard lock(mutex_);
  answers_ << text << "\n" << std::flush;
  if (--running_ == 0) ended_.notify_all();
}

}  // namespace rds_csi
