// SPDX-License-Identifier: Apache-2.0
// rds-csi-io: one act on storage, in a process that can be killed. host/io_protocol.h has the verbs
// and what comes back.
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

constexpr size_t kInputLimit = 1 << 20;

// None: wrong usage.
using Result = std::optional<Outcome>;

Arguments From(const Arguments& arguments, size_t first) {
  return {arguments.begin() + static_cast<ptrdiff_t>(first), arguments.end()};
}

Result Mount(const Arguments& a) {
  return MountByCalls({.device = a[0], .target = a[1], .fs_type = a[2], .options = From(a, 3)});
}

Result Bind(const Arguments& a) {
  return BindByCalls({.source = a[0], .target = a[1], .options = From(a, 2)});
}

Result Unmount(const Arguments& a) { return UnmountByCall(a[0]); }
Result Probe(const Arguments& a) { return ProbeDevice(a[0]); }
Result Statfs(const Arguments& a) { return FilesystemUsage(a[0]); }

Result Look(const Arguments& a) {
  std::vector<std::string> names;
  const int error = ListDirectory(a[0], names);
  return error == 0 ? Done() : Failed(error, "look at " + a[0]);
}

Result Openers(const Arguments& a) {
  const std::optional<DeviceNumber> number = FindDeviceNumber(a[0]);
  if (!number) return std::nullopt;
  return FindOpeners(*number, OpenersRoots());
}

// The data comes on standard input, not as an argument that every process of the machine can read.
Result WithInput(const std::string& path, Outcome (*act)(const std::string&, std::string_view)) {
  const Outcome input = ReadRest(STDIN_FILENO, "standard input", kInputLimit);
  return input.ok() ? act(path, input.text) : input;
}

Result Write(const Arguments& a) { return WithInput(a[0], WriteOnce); }
Result ExchangeOnce(const Arguments& a) { return WithInput(a[0], Exchange); }

Result Reach(const Arguments& a) {
  int milliseconds = 0;
  const char* const end = a[2].data() + a[2].size();
  const auto [stopped, error] = std::from_chars(a[2].data(), end, milliseconds);
  if (error != std::errc() || stopped != end || milliseconds < 0) return std::nullopt;
  return ReachHost(a[0], a[1], std::chrono::milliseconds(milliseconds));
}

Result ReadOnly(const Arguments& a) {
  if (a[1] != "0" && a[1] != "1") return std::nullopt;
  return SetDeviceReadOnly(a[0], a[1] == "1");
}

struct Verb {
  std::string_view name;
  std::string_view usage;
  size_t arguments;
  bool takes_more;
  Result (*run)(const Arguments&);
};

constexpr std::array<Verb, 11> kVerbs = {{
    {"mount", "DEVICE TARGET TYPE [OPTION...]", 3, true, Mount},
    {"bind", "SOURCE TARGET [OPTION...]", 2, true, Bind},
    {"unmount", "TARGET", 1, false, Unmount},
    {"probe", "DEVICE", 1, false, Probe},
    {"statfs", "PATH", 1, false, Statfs},
    {"look", "DIRECTORY", 1, false, Look},
    {"openers", "MAJOR:MINOR", 1, false, Openers},
    {"exchange", "PATH <DATA", 1, false, ExchangeOnce},
    {"write", "PATH <DATA", 1, false, Write},
    {"reach", "HOST PORT MILLISECONDS", 3, false, Reach},
    {"readonly", "DEVICE 0|1", 2, false, ReadOnly},
}};

void Print(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return;  // the reader has gone, and the exit status with it
    text.remove_prefix(static_cast<size_t>(written));
  }
}

int Usage() {
  std::string text = "usage: rds-csi-io VERB ARGUMENT...\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {} {}\n", verb.name, verb.usage);
  Print(STDERR_FILENO, text);
  return kIoUsage;
}

int Run(const Arguments& words) {
  if (words.empty()) return Usage();
  const auto* verb = std::find_if(kVerbs.begin(), kVerbs.end(), [&words](const Verb& candidate) {
    return candidate.name == words[0];
  });
  const Arguments arguments = From(words, 1);
  if (verb == kVerbs.end() || arguments.size() < verb->arguments ||
      (arguments.size() > verb->arguments && !verb->takes_more)) {
    return Usage();
  }
  const Result outcome = verb->run(arguments);
  if (!outcome) return Usage();
  if (outcome->ok()) {
    Print(STDOUT_FILENO, outcome->text);
    return kIoDone;
  }
  Print(STDERR_FILENO, fmt::format("{} {}\n", outcome->error, outcome->text));
  return kIoFailed;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  // A mount that comes about after the driver that asked for it died would surprise its successor.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return rds_csi::Run({argv + 1, argv + argc});
}
