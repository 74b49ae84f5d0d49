// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates the programs the driver runs: rds-csi-io and the filesystems'
// own tools.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/errno_status.h"
#include "base/text.h"
#include "host/fake_host.h"
#include "host/io_protocol.h"

namespace rds_csi {
namespace {

ExecResult IoAnswer(int error, std::string output) {
  if (error == 0) return {kIoDone, std::move(output), ""};
  return {kIoFailed, "", fmt::format("{} {}", error, std::generic_category().message(error))};
}

}  // namespace

void FakeHost::AddOpener(DeviceNumber number, const std::string& line) {
  std::lock_guard lock(mutex_);
  openers_[ToString(number)].push_back(line);
}

void FakeHost::RemoveOpeners() {
  std::lock_guard lock(mutex_);
  openers_.clear();
}

void FakeHost::SetProgram(const std::string& name, ExecResult result) {
  std::lock_guard lock(mutex_);
  programs_[name] = std::move(result);
}

absl::StatusOr<ExecResult> FakeHost::Run(const std::vector<std::string>& argv,
                                         std::string_view input, absl::Time deadline) {
  const bool io = argv.front() == kIoProgram;
  const std::string line =
      Join(io ? std::vector<std::string>(argv.begin() + 1, argv.end()) : argv, " ");
  std::function<void(const std::string&)> on_program;
  {
    std::lock_guard lock(mutex_);
    on_program = on_program_;
  }
  if (on_program) on_program(line);
  std::optional<int> error;
  {
    std::lock_guard lock(mutex_);
    error = TakeFault(line, false);
  }
  if (error == ETIMEDOUT) return KilledAt(deadline, line);
  if (error && io) return IoAnswer(*error, "");
  if (error == ENOENT) return absl::NotFoundError(argv.front() + ": no such program");
  if (error) return ExecResult{1, "", std::generic_category().message(*error)};
  if (io && argv[1] == "probe" && Hangs(argv[2])) {
    clock_.SleepUntil(deadline);
    return LeaveBehind(line, argv[2].substr(argv[2].rfind('/') + 1));
  }
  return io ? RunIoVerb(argv, input, deadline) : RunProgram(argv, input, deadline);
}

std::string FakeHost::Openers(const std::string& number) const {
  std::string lines;
  for (const Mount& mount : mounts_) {
    const bool shows_node = mount.fs_type == "devtmpfs" && mount.source == number;
    if (ToString(mount.number) == number || shows_node) lines += "mount " + mount.target + "\n";
  }
  const auto found = openers_.find(number);
  if (found == openers_.end()) return lines;
  for (const std::string& line : found->second) lines += line + "\n";
  return lines;
}

absl::StatusOr<ExecResult> FakeHost::RunIoVerb(const std::vector<std::string>& argv,
                                               std::string_view input, absl::Time deadline) {
  const std::string& verb = argv[1];
  const std::string& object = argv[2];
  std::string output;
  const auto answer = [&](int error) -> absl::StatusOr<ExecResult> {
    if (error == ETIMEDOUT) return KilledAt(deadline, verb + " " + object);
    return IoAnswer(error, output);
  };
  if (verb == "exchange") {
    return answer(Effect("connect " + std::string(input), [&] { return Exchange(input, output); }));
  }
  if (verb == "write") {
    return answer(Effect("write " + object, [&] { return WriteAttribute(object, input); }));
  }
  if (verb == "readonly") {
    return answer(Effect("readonly " + object + " " + argv[3], [&] {
      const auto attribute = files_.find("/sys/block/" + object.substr(5) + "/ro");
      if (attribute == files_.end()) return ENOENT;
      attribute->second.content = argv[3] + "\n";
      return 0;
    }));
  }
  std::lock_guard lock(mutex_);
  if (verb == "reach") return IoAnswer(0, (object == "rds" ? "10.0.0.1" : object) + "\n");
  if (verb == "openers") return IoAnswer(0, Openers(object));
  if (verb == "look") return IoAnswer(0, "");
  if (verb == "statfs") return IoAnswer(0, "1000 400 600 100 10 90\n");
  if (verb == "probe") {
    const FakeTarget* target = FindTargetOfDevice(object);
    return target == nullptr ? IoAnswer(ENXIO, "") : IoAnswer(0, target->contents + "\n");
  }
  return ExecResult{kIoUsage, "", "unknown verb " + verb};
}

int FakeHost::Format(const std::string& device, const std::string& fs_type, bool force) {
  FakeTarget* target = FindTargetOfDevice(device);
  if (target == nullptr) return ENXIO;
  if (target->contents != "blank" && !force) return EEXIST;
  target->contents = "filesystem " + fs_type;
  return 0;
}

absl::StatusOr<ExecResult> FakeHost::RunProgram(const std::vector<std::string>& argv,
                                                std::string_view input, absl::Time deadline) {
  const std::string& name = argv.front();
  if (name == "dmsetup" && !programs_.contains(name)) return RunDmsetup(argv, input, deadline);
  std::optional<ExecResult> answer;
  const int error = Effect(Join(argv, " "), [&] {
    if (const auto program = programs_.find(name); program != programs_.end()) {
      answer = program->second;
      return 0;
    }
    if (name == "modprobe") return modprobe_loads_nvmet_ ? (LoadNvmet(), 0) : ENOENT;
    const bool force = std::ranges::any_of(
        argv, [](const std::string& word) { return word == "-F" || word == "-f"; });
    return name.starts_with("mkfs.") ? Format(argv.back(), name.substr(5), force) : 0;
  });
  if (error == ETIMEDOUT) return KilledAt(deadline, Join(argv, " "));
  if (answer) return *answer;
  if (error != 0) return ExecResult{1, "", std::generic_category().message(error)};
  return ExecResult{};
}

}  // namespace rds_csi
