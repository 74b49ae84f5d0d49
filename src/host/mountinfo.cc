// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "base/text.h"
#include "host/mountinfo_line.h"
#include "host/mounts.h"

namespace rds_csi {
namespace {

bool HasReadOnly(const std::vector<std::string>& options) {
  return std::find(options.begin(), options.end(), "ro") != options.end();
}

// Of two mounts at one place the upper one is the child of the lower one. The kernel lists by age
// (from 6.8 on strictly so), and an older mount may have been moved onto a younger one.
class ParentsFirst {
 public:
  explicit ParentsFirst(std::vector<MountLine> lines) : lines_(std::move(lines)) {
    for (size_t i = 0; i < lines_.size(); ++i) by_id_.emplace(lines_[i].id, i);
  }

  std::vector<Mount> Take() && {
    mounts_.reserve(lines_.size());
    taken_.resize(lines_.size());
    for (size_t i = 0; i < lines_.size(); ++i) TakeWithAncestors(i);
    return std::move(mounts_);
  }

 private:
  void TakeWithAncestors(size_t index) {
    std::vector<size_t> chain;
    for (std::optional<size_t> next = index; next && !taken_[*next]; next = ParentOf(*next)) {
      taken_[*next] = true;  // also what ends a chain that runs in a circle
      chain.push_back(*next);
    }
    for (; !chain.empty(); chain.pop_back()) {
      mounts_.push_back(std::move(lines_[chain.back()].mount));
    }
  }

  std::optional<size_t> ParentOf(size_t index) const {
    const auto found = by_id_.find(lines_[index].parent);
    if (found == by_id_.end()) return std::nullopt;
    return found->second;
  }

  std::vector<MountLine> lines_;
  absl::flat_hash_map<int64_t, size_t> by_id_;
  std::vector<bool> taken_;
  std::vector<Mount> mounts_;
};

}  // namespace

bool Mount::read_only() const { return HasReadOnly(options) || HasReadOnly(super_options); }

absl::StatusOr<std::vector<Mount>> ParseMountInfo(std::string_view text) {
  std::vector<MountLine> lines;
  for (const std::string_view line : Lines(text)) {
    std::optional<MountLine> parsed = FindMountLine(line);
    if (!parsed) {
      return Error(absl::StatusCode::kInternal,
                   fmt::format("cannot read the mountinfo line {}", Quoted(line)));
    }
    lines.push_back(*std::move(parsed));
  }
  return ParentsFirst(std::move(lines)).Take();
}

std::vector<Mount> MountsAt(const std::vector<Mount>& mounts, std::string_view target) {
  std::vector<Mount> found;
  for (const Mount& mount : mounts) {
    if (mount.target == target) found.push_back(mount);
  }
  return found;
}

}  // namespace rds_csi
