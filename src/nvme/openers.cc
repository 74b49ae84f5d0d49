// SPDX-License-Identifier: Apache-2.0
#include "nvme/openers.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);
constexpr std::string_view kAgainstMultipathd =
    ": multipathd took it; add protocol \"nvme\" to the blacklist in /etc/multipath.conf, restart "
    "multipathd, and flush its map with multipath -f";

// "dm-3 mpath mpatha" → "dm-3[holder, mpath mpatha: …]"
std::string DescribeHolder(std::string_view what) {
  const size_t blank = what.find(' ');
  if (blank == std::string_view::npos) return fmt::format("{}[holder]", what);
  const std::string_view made = what.substr(blank + 1);
  return fmt::format("{}[holder, {}{}]", what.substr(0, blank), made,
                     made.starts_with("mpath ") ? kAgainstMultipathd : "");
}

// "process 4711 qemu-kvm" → "qemu-kvm[PID:4711]"; none for anything unknown.
std::string DescribeUser(std::string_view line) {
  const size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return "";
  const std::string_view kind = line.substr(0, blank);
  const std::string_view what = line.substr(blank + 1);
  if (kind == "process") {
    const size_t end = what.find(' ');
    if (end == std::string_view::npos || !ParseInt64(what.substr(0, end))) return "";
    return fmt::format("{}[PID:{}]", what.substr(end + 1), what.substr(0, end));
  }
  if (kind == "mount") return fmt::format("mount[{}]", what);
  if (kind == "holder") return DescribeHolder(what);
  if (kind == "loop") return fmt::format("{}[loop]", what);
  return "";
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseOpeners(std::string_view lines) {
  std::vector<std::string> users;
  for (const std::string_view line : Lines(lines)) {
    std::string user = DescribeUser(line);
    if (user.empty()) {
      return absl::InternalError(fmt::format("unreadable opener {}", Quoted(line)));
    }
    users.push_back(std::move(user));
  }
  return users;
}

DeviceUse FindDeviceUse(const Host& host, DeviceNumber number) {
  const absl::StatusOr<std::string> lines =
      RunIo(host.exec, {"openers", ToString(number)}, "", host.clock.Now() + kTimeout);
  if (absl::IsDeadlineExceeded(lines.status()) || absl::IsAborted(lines.status())) {
    return {DeviceUse::Outcome::kTimedOut, {}, Message(lines.status())};
  }
  if (!lines.ok()) return {DeviceUse::Outcome::kFailed, {}, Message(lines.status())};
  absl::StatusOr<std::vector<std::string>> users = ParseOpeners(*lines);
  if (!users.ok()) return {DeviceUse::Outcome::kFailed, {}, Message(users.status())};
  if (users->empty()) return {DeviceUse::Outcome::kFree, {}, ""};
  return {DeviceUse::Outcome::kInUse, *std::move(users), ""};
}

}  // namespace rds_csi
