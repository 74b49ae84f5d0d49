// SPDX-License-Identifier: Apache-2.0
#include "sim/router/switches.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/base/units.h"

namespace rds_csi::sim {

std::span<const SwitchInfo> Switches::All() {
  static const std::vector<SwitchInfo> kSwitches = {
      {"allow-host-name", {"one", "list"}, "one host NQN, or several with commas between them"},
      {"allow-host-change", {"keep", "drop"}, "what a changed allow-list does to live sessions"},
      {"namespace-uuid",
       {"stable", "new-each-start", "new-each-export"},
       "whether a namespace keeps its UUID over a restart, over an export toggle"},
      {"file-allocation",
       {"sparse", "preallocated"},
       "sparse files overcommit the pool; preallocated ones are refused when it is too small"},
      {"existing-file", {"refuse", "adopt"}, "a disk added on a file that is there already"},
      {"missing-directory", {"refuse", "create"}, "a disk added in a directory that is not there"},
      {"empty-find", {"nothing", "no-such-item"}, "set and remove of an empty [find]"},
      {"remove-exported", {"allow", "refuse"}, "removal of a disk that is exported"},
      {"remove-file-in-use", {"allow", "refuse"}, "removal of a file that belongs to a disk"},
      {"add-and-export", {"allow", "refuse"}, "an add that sets nvme-tcp-export=yes at once"},
      {"comment-limit", {"0", "#"}, "longest comment that is taken, 0 for no limit"},
      {"ssh-exit-status", {"0", "1"}, "exit status of a command that failed"},
      {"ssh-password",
       {"yes-if-no-key", "yes", "no"},
       "password logins over SSH, where the user has a key imported"},
      {"ssh-channels", {"1", "#"}, "commands at a time in one SSH session"},
      {"ssh-sessions", {"20", "#"}, "SSH sessions at a time"},
      {"rest-cap-ms", {"60000", "#"}, "longest REST command; then 400 Session closed"},
  };
  return kSwitches;
}

namespace {

const SwitchInfo* FindSwitch(std::string_view name) {
  const auto all = Switches::All();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const SwitchInfo& s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool Accepts(const SwitchInfo& info, std::string_view value) {
  if (info.values.back() == "#") return ParseNumber(value).has_value();
  return std::find(info.values.begin(), info.values.end(), value) != info.values.end();
}

}  // namespace

Switches::Switches() {
  for (const SwitchInfo& info : All()) values_.emplace(info.name, info.values.front());
}

absl::Status Switches::Set(std::string_view name, std::string_view value) {
  const SwitchInfo* info = FindSwitch(name);
  if (info == nullptr) {
    std::vector<std::string_view> names;
    for (const SwitchInfo& known : All()) names.push_back(known.name);
    return absl::InvalidArgumentError(
        fmt::format("no switch {}; there are {}", name, fmt::join(names, ", ")));
  }
  if (!Accepts(*info, value)) {
    return absl::InvalidArgumentError(
        fmt::format("{}={}: not one of {}", name, value, fmt::join(info->values, ", ")));
  }
  const std::lock_guard lock(mutex_);
  values_.find(name)->second = value;
  return absl::OkStatus();
}

absl::Status Switches::SetPair(std::string_view pair) {
  const size_t equals = pair.find('=');
  if (equals == std::string_view::npos) {
    return absl::InvalidArgumentError(fmt::format("{}: expected KEY=VALUE", pair));
  }
  return Set(pair.substr(0, equals), pair.substr(equals + 1));
}

std::string Switches::Get(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

uint64_t Switches::Number(std::string_view name) const {
  return ParseNumber(Get(name)).value_or(0);
}

std::map<std::string, std::string, std::less<>> Switches::Values() const {
  const std::lock_guard lock(mutex_);
  return values_;
}

}  // namespace rds_csi::sim
