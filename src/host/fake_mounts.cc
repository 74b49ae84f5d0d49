// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates mounts and uevents.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/errno_status.h"
#include "base/status.h"
#include "base/text.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

// --- mounts ---

void FakeHost::AddMount(Mount mount) {
  std::lock_guard lock(mutex_);
  mounts_.push_back(std::move(mount));
}

void FakeHost::AddMount(std::string target, DeviceNumber number, std::string fs_type,
                        std::string source) {
  AddMount({.target = std::move(target),
            .root = "/",
            .number = number,
            .fs_type = std::move(fs_type),
            .source = std::move(source),
            .options = {},
            .super_options = {}});
}

std::vector<Mount> FakeHost::mounts_at(const std::string& target) const {
  std::lock_guard lock(mutex_);
  return MountsAt(mounts_, target);
}

size_t FakeHost::mount_count() const {
  std::lock_guard lock(mutex_);
  return mounts_.size();
}

absl::StatusOr<std::vector<Mount>> FakeHost::List() {
  std::lock_guard lock(mutex_);
  if (const auto error = TakeFault("mountinfo", false)) return ErrnoStatus(*error, "mountinfo");
  return mounts_;
}

absl::Status FakeHost::MountFilesystem(const MountRequest& request, absl::Time deadline) {
  const std::string line = fmt::format("mount {} {} {} {}", request.device, request.target,
                                       request.fs_type, Join(request.options, ","));
  if (Hangs(request.device)) {
    clock_.SleepUntil(deadline);
    return LeaveBehind(line, BaseName(request.device));
  }
  return EffectUntil(line, deadline, [&] {
    const auto node = files_.find(request.device);
    if (node == files_.end()) return ENOENT;
    if (!files_.contains(request.target)) return ENOENT;
    const FakeTarget* target = FindTargetOfDevice(request.device);
    if (target == nullptr) return EIO;
    if (target->contents != "filesystem " + request.fs_type) return EINVAL;
    mounts_.push_back({.target = request.target,
                       .root = "/",
                       .number = node->second.info.number,
                       .fs_type = request.fs_type,
                       .source = request.device,
                       .options = request.options,
                       .super_options = request.options});
    return 0;
  });
}

absl::Status FakeHost::Bind(const BindRequest& request, absl::Time deadline) {
  const std::string line =
      fmt::format("bind {} {} {}", request.source, request.target, Join(request.options, ","));
  return EffectUntil(line, deadline, [&] {
    if (!files_.contains(request.target)) return ENOENT;
    const std::vector<Mount> source = MountsAt(mounts_, request.source);
    Mount mount;
    if (!source.empty()) {
      mount = source.back();
    } else {
      const auto node = files_.find(request.source);
      if (node == files_.end()) return ENOENT;
      mount = {.target = {},
               .root = "/" + BaseName(request.source),
               .number = {0, 5},
               .fs_type = "devtmpfs",
               .source = ToString(node->second.info.number),
               .options = {},
               .super_options = {"rw"}};
    }
    mount.target = request.target;
    mount.options = request.options;
    mounts_.push_back(mount);
    return 0;
  });
}

absl::Status FakeHost::Unmount(const std::string& target, absl::Time deadline) {
  bool hangs = false;
  std::string head;
  RETURN_IF_ERROR(EffectUntil("unmount " + target, deadline, [&] {
    const std::vector<Mount> here = MountsAt(mounts_, target);
    if (!here.empty()) head = HeadOf(here.back().number);
    return UnmountLocked(target, hangs);
  }));
  if (!hangs) return absl::OkStatus();
  clock_.SleepUntil(deadline);
  return LeaveBehind("unmount " + target, head);
}

absl::Status FakeHost::LeaveBehind(const std::string& line, const std::string& head) {
  std::lock_guard lock(mutex_);
  const int process = next_process_++;
  left_behind_.emplace_back(process, head);
  return absl::AbortedError(fmt::format("{} (process {}) cannot be killed", line, process));
}

std::vector<int> FakeHost::LeftBehind() {
  std::lock_guard lock(mutex_);
  std::erase_if(left_behind_, [&](const auto& blocked) { return !Waits(blocked.second); });
  std::vector<int> processes;
  for (const auto& [process, head] : left_behind_) processes.push_back(process);
  return processes;
}

bool FakeHost::Hangs(const std::string& device) const {
  std::lock_guard lock(mutex_);
  return Waits(BaseName(device));
}

// --- events ---

uint64_t FakeHost::Count() {
  std::lock_guard lock(mutex_);
  return events_;
}

void FakeHost::Wait(uint64_t seen, absl::Time deadline) {
  if (Count() != seen) return;
  clock_.SleepUntil(std::min(deadline, clock_.Now() + absl::Milliseconds(250)));
  RunDueActions();
}

void FakeHost::After(absl::Duration delay, std::function<void()> action) {
  std::lock_guard lock(mutex_);
  actions_.emplace_back(clock_.Now() + delay, std::move(action));
}

void FakeHost::RunDueActions() {
  std::vector<std::function<void()>> due;
  {
    std::lock_guard lock(mutex_);
    const absl::Time now = clock_.Now();
    std::erase_if(actions_, [&](auto& action) {
      if (action.first > now) return false;
      due.push_back(std::move(action.second));
      return true;
    });
  }
  for (const auto& action : due) action();
}

}  // namespace rds_csi
