// SPDX-License-Identifier: Apache-2.0
// ReadCommandLine, a line an argument: it starts with checked settings, or tells what is wrong and
// of which flag. Nothing that was given is ever replaced by a default.
#include <algorithm>
#include <variant>
#include <vector>

#include "config.h"
#include "fuzz/fuzz.h"
#include "model/paths.h"

using namespace rds_csi;

namespace {

// Flags whose files are read; only what is not there can be named without harm.
bool ReadsFiles(std::string_view argument) {
  return argument.find("/dev") != std::string_view::npos ||
         argument.find("/proc") != std::string_view::npos ||
         argument.find("/sys") != std::string_view::npos;
}

void CheckNotice(const Notice& notice) {
  Require(notice.exit_code == 0 || notice.exit_code == 2, "it ends well or by a wrong line");
  Require(notice.text.ends_with('\n'), "it is whole lines");
  if (notice.exit_code == 0) return;
  for (const std::string_view line : Lines(notice.text)) {
    Require(line.starts_with("rds-csi: "), "every problem is a line, whatever was typed");
  }
}

// The last words of `--flag=VALUE`; empty: not given in that way.
std::string GivenAs(const std::vector<std::string>& arguments, const std::string& flag) {
  for (const std::string& argument : arguments) {
    if (argument.starts_with("--" + flag + "=")) return argument.substr(flag.size() + 3);
  }
  return "";
}

void CheckServing(const ServingSettings& serving, const std::vector<std::string>& arguments) {
  Require(ParseAbsolutePath(serving.socket_path, "endpoint").ok(), "there is a socket to serve");
  const std::string name = GivenAs(arguments, "driver-name");
  Require(name.empty() || serving.driver_name == name, "the name that was given is used");
}

void CheckNode(const NodeSettings& node, const std::vector<std::string>& arguments) {
  CheckServing(node.serving, arguments);
  Require(node.config.anchor_seconds >= 0 && node.max_volumes >= 0, "numbers are in range");
  Require(!IsBelow(node.config.state_dir, node.config.kubelet_dir), "kubelet cleans up its own");
  const std::string state = GivenAs(arguments, "state-dir");
  Require(state.empty() || node.config.state_dir == state, "the folder that was given is used");
  const std::string anchor = GivenAs(arguments, "anchor-seconds");
  Require(anchor.empty() || node.config.anchor_seconds == ParseInt64(anchor),
          "the number that was given is used");
}

void CheckController(const ControllerSettings& controller,
                     const std::vector<std::string>& arguments) {
  CheckServing(controller.serving, arguments);
  Require(!controller.config.base_paths.empty(), "volumes have a place");
  Require(controller.stale_after >= absl::Seconds(10), "nothing is stale at once");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<std::string> arguments;
  for (const std::string_view line : Lines(Text(data, size))) arguments.emplace_back(line);
  if (std::ranges::any_of(arguments, ReadsFiles)) return 0;
  const Invocation invocation = ReadCommandLine(arguments, "1");
  if (const auto* notice = std::get_if<Notice>(&invocation)) CheckNotice(*notice);
  if (const auto* node = std::get_if<NodeSettings>(&invocation)) CheckNode(*node, arguments);
  if (const auto* controller = std::get_if<ControllerSettings>(&invocation)) {
    CheckController(*controller, arguments);
  }
  return 0;
}
