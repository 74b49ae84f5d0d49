// SPDX-License-Identifier: Apache-2.0
#include "io/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "host/device_number.h"
#include "host/io_protocol.h"
#include "host/linux_device.h"
#include "host/linux_mount_calls.h"
#include "host/linux_openers.h"
#include "host/linux_outcome.h"
#include "host/linux_probe.h"
#include "host/linux_reach.h"
#include "host/linux_read.h"
#include "host/linux_statfs.h"

namespace rds_csi {
namespace {

using Arguments = std::vector<std::string>;

constexpr size_t kOutputLimit = 1 << 20;

// None: wrong usage.
using Result = std::optional<Outcome>;

Arguments From(const Arguments& arguments, size_t first) {
  return {arguments.begin() + static_cast<ptrdiff_t>(first), arguments.end()};
}

Result Mount(const Arguments& a, const std::string&) {
  return MountByCalls({.device = a[0], .target = a[1], .fs_type = a[2], .options = From(a, 3)});
}

Result Bind(const Arguments& a, const std::string&) {
  return BindByCalls({.source = a[0], .target = a[1], .options = From(a, 2)});
}

Result Unmount(const Arguments& a, const std::string&) { return UnmountByCall(a[0]); }
Result Probe(const Arguments& a, const std::string&) { return ProbeDevice(a[0]); }
Result Statfs(const Arguments& a, const std::string&) { return FilesystemUsage(a[0]); }

Result Look(const Arguments& a, const std::string&) {
  std::vector<std::string> names;
  const int error = ListDirectory(a[0], names);
  return error == 0 ? Done() : Failed(error, "look at " + a[0]);
}

Result Openers(const Arguments& a, const std::string&) {
  const std::optional<DeviceNumber> number = FindDeviceNumber(a[0]);
  if (!number) return std::nullopt;
  return FindOpeners(*number, OpenersRoots());
}

Result Write(const Arguments& a, const std::string& input) { return WriteOnce(a[0], input); }
Result ExchangeOnce(const Arguments& a, const std::string& input) { return Exchange(a[0], input); }

Result Reach(const Arguments& a, const std::string&) {
  int milliseconds = 0;
  const char* const end = a[2].data() + a[2].size();
  const auto [stopped, error] = std::from_chars(a[2].data(), end, milliseconds);
  if (error != std::errc() || stopped != end || milliseconds < 0) return std::nullopt;
  return ReachHost(a[0], a[1], std::chrono::milliseconds(milliseconds));
}

Result ReadOnly(const Arguments& a, const std::string&) {
  if (a[1] != "0" && a[1] != "1") return std::nullopt;
  return SetDeviceReadOnly(a[0], a[1] == "1");
}

// The data of a verb that takes input comes on standard input, not as an argument that every
// process of the machine can read.
enum class Takes { kArguments, kMoreArguments, kInput };

struct Verb {
  std::string_view name;
  std::string_view usage;
  size_t arguments;
  Takes takes;
  Result (*run)(const Arguments&, const std::string& input);
};

constexpr std::array<Verb, 11> kVerbs = {{
    {"mount", "DEVICE TARGET TYPE [OPTION...]", 3, Takes::kMoreArguments, Mount},
    {"bind", "SOURCE TARGET [OPTION...]", 2, Takes::kMoreArguments, Bind},
    {"unmount", "TARGET", 1, Takes::kArguments, Unmount},
    {"probe", "DEVICE", 1, Takes::kArguments, Probe},
    {"statfs", "PATH", 1, Takes::kArguments, Statfs},
    {"look", "DIRECTORY", 1, Takes::kArguments, Look},
    {"openers", "MAJOR:MINOR", 1, Takes::kArguments, Openers},
    {"exchange", "PATH <DATA", 1, Takes::kInput, ExchangeOnce},
    {"write", "PATH <DATA", 1, Takes::kInput, Write},
    {"reach", "HOST PORT MILLISECONDS", 3, Takes::kArguments, Reach},
    {"readonly", "DEVICE 0|1", 2, Takes::kArguments, ReadOnly},
}};

ExecResult Usage() {
  std::string text = "usage: rds-csi-io VERB ARGUMENT...\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {} {}\n", verb.name, verb.usage);
  text += "  serve <SOCKET\n";
  return {.exit_code = kIoUsage, .output = "", .errors = std::move(text)};
}

// The verb that these words call as it wants to be called.
const Verb* FindVerb(const Arguments& words) {
  if (words.empty()) return nullptr;
  const auto* verb = std::find_if(kVerbs.begin(), kVerbs.end(), [&words](const Verb& candidate) {
    return candidate.name == words[0];
  });
  if (verb == kVerbs.end()) return nullptr;
  const size_t count = words.size() - 1;
  const bool fits =
      count == verb->arguments || (count > verb->arguments && verb->takes == Takes::kMoreArguments);
  return fits ? verb : nullptr;
}

}  // namespace

bool TakesInput(const std::vector<std::string>& words) {
  const Verb* const verb = FindVerb(words);
  return verb != nullptr && verb->takes == Takes::kInput;
}

ExecResult Act(const IoRequest& request) {
  const Verb* const verb = FindVerb(request.words);
  if (verb == nullptr) return Usage();
  Result outcome = verb->run(From(request.words, 1), request.input);
  if (!outcome) return Usage();
  if (!outcome->ok()) return FailedAnswer(outcome->error, outcome->text);
  outcome->text.resize(std::min(outcome->text.size(), kOutputLimit));
  return {.exit_code = kIoDone, .output = std::move(outcome->text), .errors = ""};
}

ExecResult FailedAnswer(int error, const std::string& what) {
  return {.exit_code = kIoFailed, .output = "", .errors = fmt::format("{} {}\n", error, what)};
}

}  // namespace rds_csi
