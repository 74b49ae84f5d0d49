// SPDX-License-Identifier: Apache-2.0
#include "sim/control/control_commands.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "sim/base/status_macros.h"
#include "sim/console/console.h"
#include "sim/simulator.h"

namespace rds_csi::sim {
namespace {

using Json = nlohmann::json;
using Act = absl::StatusOr<Json> (*)(Simulator& simulator, const Json& order);

std::chrono::milliseconds Milliseconds(const Json& order, const char* name) {
  return std::chrono::milliseconds(order.value(name, int64_t{0}));
}

absl::StatusOr<Json> SetLatency(Simulator& simulator, const Json& order) {
  simulator.service().SetLatency(Milliseconds(order, "round-trip-ms"),
                                 Milliseconds(order, "command-ms"));
  return Json::object();
}

const std::map<std::string, Fault::Action>& Actions() {
  static const std::map<std::string, Fault::Action> kActions = {
      {"error", Fault::Action::kError},
      {"delay", Fault::Action::kDelay},
      {"drop-before", Fault::Action::kDropBefore},
      {"drop-after", Fault::Action::kDropAfter},
      {"garbage", Fault::Action::kGarbage}};
  return kActions;
}

absl::StatusOr<Json> AddFault(Simulator& simulator, const Json& order) {
  const auto action = Actions().find(order.value("action", "error"));
  if (action == Actions().end()) return absl::InvalidArgumentError("no such action");
  Fault fault{.action = action->second,
              .match = order.value("match", ""),
              .door = std::nullopt,
              .text = order.value("text", "failure: injected"),
              .wait = Milliseconds(order, "ms"),
              .skip = order.value("skip", uint64_t{0}),
              .times = std::max<uint64_t>(1, order.value("times", uint64_t{1}))};
  const std::string door = order.value("door", "any");
  if (door == "rest") fault.door = Door::kRest;
  if (door == "ssh") fault.door = Door::kSsh;
  if (!fault.door && door != "any") return absl::InvalidArgumentError("no such door");
  simulator.service().faults().Add(std::move(fault));
  return Json::object();
}

absl::StatusOr<Json> ClearFaults(Simulator& simulator, const Json&) {
  simulator.service().faults().Clear();
  simulator.service().SetLatency({}, {});
  return Json::object();
}

absl::StatusOr<Json> CountFaults(Simulator& simulator, const Json&) {
  return Json{{"pending", simulator.service().faults().Pending().size()}};
}

absl::StatusOr<Json> ChangePool(Simulator& simulator, const Json& order) {
  PoolChange change;
  if (order.contains("full")) change.full = order.at("full").get<bool>();
  if (order.contains("mounted")) change.mounted = order.at("mounted").get<bool>();
  if (order.contains("state")) change.state = order.at("state").get<std::string>();
  SIM_RETURN_IF_ERROR(
      simulator.service().router().ChangePool(order.at("slot").get<std::string>(), change));
  return Json::object();
}

absl::StatusOr<Json> Reboot(Simulator& simulator, const Json& order) {
  SIM_RETURN_IF_ERROR(
      simulator.Reboot(Milliseconds(order, "down-ms"), Milliseconds(order, "exports-ms")));
  return Json::object();
}

absl::StatusOr<Json> ReadCounters(Simulator& simulator, const Json&) {
  const CounterValues values = simulator.service().counters().Read();
  return Json{{"round_trips", values.round_trips},
              {"round_trips_by_door", values.round_trips_by_door},
              {"commands", values.commands},
              {"logins", values.logins},
              {"rejected_logins", values.rejected_logins}};
}

absl::StatusOr<Json> ResetCounters(Simulator& simulator, const Json& order) {
  auto before = ReadCounters(simulator, order);
  simulator.service().counters().Reset();
  return before;
}

absl::StatusOr<Json> SetUser(Simulator& simulator, const Json& order) {
  simulator.service().SetMayWrite(order.at("write").get<bool>());
  return Json::object();
}

absl::StatusOr<Json> Assume(Simulator& simulator, const Json& order) {
  if (order.contains("switch")) {
    SIM_RETURN_IF_ERROR(simulator.service().switches().Set(order.at("switch").get<std::string>(),
                                                           order.at("value").get<std::string>()));
  }
  return Json{{"switches", simulator.service().switches().Values()}};
}

absl::StatusOr<Json> RunConsole(Simulator& simulator, const Json& order) {
  Router& router = simulator.service().router();
  const ConsoleOutput output =
      RunLine(router.schema(), order.at("line").get<std::string>(),
              [&](const Command& command) { return router.Execute(command); });
  return Json{{"output", output.text}};
}

absl::StatusOr<Json> Help(Simulator&, const Json&) { return Json{{"help", ControlHelp()}}; }

const std::map<std::string, Act>& Acts() {
  static const std::map<std::string, Act> kActs = {
      {"latency", SetLatency},    {"fault", AddFault},
      {"clear", ClearFaults},     {"faults", CountFaults},
      {"pool", ChangePool},       {"reboot", Reboot},
      {"counters", ReadCounters}, {"reset-counters", ResetCounters},
      {"user", SetUser},          {"assume", Assume},
      {"console", RunConsole},    {"help", Help}};
  return kActs;
}

absl::StatusOr<Json> Perform(Simulator& simulator, const std::string& line) {
  const Json order = Json::parse(line, nullptr, false);
  if (!order.is_object()) return absl::InvalidArgumentError("not a JSON object");
  try {
    const auto act = Acts().find(order.value("do", ""));
    if (act == Acts().end()) return absl::InvalidArgumentError("\"do\": nothing that I know");
    return act->second(simulator, order);
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

}  // namespace

std::string RunControlLine(Simulator& simulator, const std::string& line) {
  const absl::StatusOr<Json> answer = Perform(simulator, line);
  Json json = answer.ok() ? *answer : Json::object();
  json["ok"] = answer.ok();
  if (!answer.ok()) json["error"] = std::string(Message(answer.status()));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ControlHelp() {
  return R"(One JSON object a line in, one out: {"ok":true,...} or {"ok":false,"error":TEXT}.
  {"do":"latency","round-trip-ms":10,"command-ms":0}    add time to each request, each command
  {"do":"fault","action":A,"match":M,"times":1,"skip":0,"door":"any","text":T,"ms":0}
      the next TIMES commands with M in "/disk/add file-size=... slot=..." (after SKIP of them):
      A = error (answer T) | delay (wait MS) | drop-before | drop-after (close the connection without
      or with the effect) | garbage (answer T instead of any reply); door = any | rest | ssh
  {"do":"faults"}  {"do":"clear"}                       how many are pending; forget them and latency
  {"do":"pool","slot":S,"full":true,"mounted":true,"state":"clean"}   any of the three
  {"do":"reboot","down-ms":500,"exports-ms":200}        doors shut for the first time; exports come
      back the second time later, and until then the NVMe port rejects everybody
  {"do":"counters"}  {"do":"reset-counters"}            round trips, commands, logins; the latter
      answers with the values before
  {"do":"user","write":false}                           take the user's write policy, give it back
  {"do":"assume","switch":KEY,"value":VALUE}            change a switch; without them: list all
  {"do":"console","line":"/disk print"}                 run a line past doors, counters and faults
  {"do":"help"}
)";
}

}  // namespace rds_csi::sim
