// SPDX-License-Identifier: Apache-2.0
#include "story.h"

#include <utility>

namespace rds_csi::world::histories {

namespace {

// What is long and the same everywhere.
std::string Short(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> kShort[] = {
      {"/var/lib/kubelet/plugins/kubernetes.io/csi/", "…/"},
      {"/var/lib/kubelet/", "…/"},
      {"volumes/kubernetes.io~csi/", ""},
      {"nqn.2000-02.com.mikrotik:", ""},
      {"nqn.2014-08.org.nvmexpress:uuid:", "host:"},
      {"nvme-tcp-server-", ""},
      {"/var/lib/rds-csi/staged/", "record "},
      {"/sys/kernel/config/nvmet/", "nvmet/"},
      {"mount-filesystem=no ", ""}};
  for (const auto& [long_text, short_text] : kShort) {
    for (size_t at = text.find(long_text); at != std::string::npos; at = text.find(long_text, at)) {
      text.replace(at, long_text.size(), short_text);
    }
  }
  return text;
}

}  // namespace

void Story::Tell(absl::Duration when, std::string_view who, std::string_view what) {
  if (!told_) return;
  const double seconds = absl::ToDoubleSeconds(when);
  const std::string words = fmt::format("{:<13} {}", who, Short(std::string(what)));
  if (words != last_) {
    times_ = 0;
    lines_.push_back(fmt::format("{:>9.3f} s  {}", seconds, words));
  } else if (++times_ == 1) {
    lines_.emplace_back();
  }
  if (times_ > 0)
    lines_.back() = fmt::format("{:>9.3f} s  … {} times more until then", seconds, times_);
  last_ = words;
}

void Counts::Add(const Counts& more) {
  histories += more.histories;
  events += more.events;
  calls += more.calls;
  effects += more.effects;
  writes += more.writes;
  for (const auto& [kind, count] : more.faults) faults[kind] += count;
}

std::string Counts::Text() const {
  std::string text = fmt::format("{} histories: {} events, {} calls, {} effects, {} writes\n",
                                 histories, events, calls, effects, writes);
  for (const auto& [kind, count] : faults) {
    text +=
        fmt::format("{}{} {}", kind == faults.begin()->first ? "  " : ", ", NameOf(kind), count);
  }
  return text + "\n";
}

}  // namespace rds_csi::world::histories
