// SPDX-License-Identifier: Apache-2.0
#include "snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "site.h"

namespace rds_csi::world {
namespace {

size_t Digits(std::string_view text) {
  const size_t end = text.find_first_not_of("0123456789");
  return end == std::string_view::npos ? text.size() : end;
}

// Replaces the digits behind each `prefix` by what `masked` makes of them.
template <typename Masked>
std::string MaskBehind(const std::string& text, std::string_view prefix, const Masked& masked) {
  std::string result;
  size_t begin = 0;
  for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, begin)) {
    const size_t number = at + prefix.size();
    const size_t digits = Digits(std::string_view(text).substr(number));
    result += text.substr(begin, number - begin) + masked(text.substr(number, digits));
    begin = number + digits;
  }
  return result + text.substr(begin);
}

// Numbers of devices are given in the order of connecting; here in the order of being seen.
std::string MaskDevices(std::string text) {
  std::map<std::string, std::string> seen;
  const auto masked = [&](const std::string& number) {
    if (number.empty()) return number;
    return seen.try_emplace(number, fmt::format("#{}", seen.size())).first->second;
  };
  for (const char* prefix : {"nvme", "259:"}) text = MaskBehind(text, prefix, masked);
  for (size_t head = 0; head < seen.size(); ++head) {  // of paths: nvme0c1n1
    text = MaskBehind(text, fmt::format("nvme#{}c", head), masked);
  }
  return text;
}

std::string OfRds(Site& site) {
  std::string text;
  for (const RosRecord& row : site.rds().disks) {
    text += "rds:";
    for (const auto& [property, value] : row) {
      if (property == ".id") continue;
      text += fmt::format(" {}={}", property, value);
    }
    text += "\n";
  }
  for (const std::string& file : site.rds().files) text += "rds: file " + file + "\n";
  text = MaskBehind(text, "/s/", [](const auto&) { return "TIME"; });
  return MaskBehind(text, "/m/", [](const auto&) { return "TIME"; });
}

std::string MountsOf(FakeHost& host) {
  std::vector<Mount> mounts = *host.host().mounts.List();
  std::ranges::sort(mounts, {}, &Mount::target);
  std::string text;
  for (const Mount& mount : mounts) {
    text += fmt::format("mount {} of {} ({}, {}{}) {}\n", mount.target, ToString(mount.number),
                        mount.fs_type, mount.source, mount.root, Join(mount.options, ","));
  }
  return text;
}

// Attributes by which a kernel's side of a volume is told; the others follow from these.
bool IsTold(std::string_view path) {
  static const std::set<std::string_view> kAttributes = {
      "subsysnqn", "state", "address", "hostnqn", "size", "ro", "ana_state", "suspended", "uuid"};
  return kAttributes.contains(path.substr(path.rfind('/') + 1));
}

std::string KernelOf(FakeHost& host) {
  std::string text;
  for (const char* folder : {"/sys/class/nvme", "/sys/block"}) {
    for (const auto& [path, content] : host.FilesBelow(folder)) {
      if (IsTold(path)) text += fmt::format("{} {}\n", path, Trim(content));
    }
  }
  for (const std::string& name : host.MappedDevices()) text += "device-mapper " + name + "\n";
  return text;
}

std::string FilesOf(FakeHost& host) {
  std::string text;
  for (const char* folder : {"/sys/kernel/config/nvmet", "/var/lib"}) {
    for (const auto& [path, content] : host.FilesBelow(folder)) {
      text += fmt::format("{} {}\n", path, Trim(content));
    }
  }
  text = MaskBehind(text, R"("lost":)",
                    [](const std::string& time) { return time == "0" ? time : "TIME"; });
  return MaskBehind(text, "boot-", [](const auto&) { return "BOOT"; });
}

}  // namespace

std::string SnapshotOf(Site& site) {
  std::string text = OfRds(site);
  for (const Claim& claim : site.claims()) {
    text += fmt::format("{} holds: {}\n", claim.id.str(), site.network().Contents(claim.id.Nqn()));
  }
  for (int worker = 1; worker <= site.workers(); ++worker) {
    FakeHost& host = site.machine(worker).host();
    const std::string part = MaskDevices(MountsOf(host) + KernelOf(host) + FilesOf(host));
    for (const std::string_view line : Split(part, '\n')) {
      if (!line.empty()) text += fmt::format("worker-{}: {}\n", worker, line);
    }
  }
  return text;
}

std::string Difference(const std::string& wanted, const std::string& found) {
  const auto lines = [](const std::string& text) {
    std::multiset<std::string_view> all;
    for (const std::string_view line : Split(text, '\n')) all.insert(line);
    return all;
  };
  const auto before = lines(wanted);
  const auto after = lines(found);
  std::string text;
  for (const std::string_view line : before) {
    if (!after.contains(line)) text += fmt::format("    - {}\n", line);
  }
  for (const std::string_view line : after) {
    if (!before.contains(line)) text += fmt::format("    + {}\n", line);
  }
  return text;
}

}  // namespace rds_csi::world
