// SPDX-License-Identifier: Apache-2.0
#include "host/fake_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/errno_status.h"
#include "base/status.h"
#include "base/text.h"
#include "host/io_protocol.h"

namespace rds_csi {
namespace {

std::string Parent(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

}  // namespace

FakeHost::FakeHost() {
  for (const char* path : {"/", "/dev", "/sys", "/sys/block", "/sys/class", "/sys/class/nvme"}) {
    AddDirectory(path);
  }
  AddDirectory("/sys/kernel/config");
  AddFile("/dev/nvme-fabrics", "");
  AddFile("/sys/module/nvme_core/parameters/multipath", "Y\n");
  LoadNvmet();
}

Host FakeHost::host() { return {*this, *this, *this, *this, clock_}; }

// --- faults and effects ---

std::optional<int> FakeHost::TakeFault(std::string_view line, bool once_after) {
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (fault->once_after != once_after || !line.starts_with(fault->prefix)) continue;
    const int error = fault->error;
    if (once_after) faults_.erase(fault);
    return error;
  }
  return std::nullopt;
}

int FakeHost::Effect(const std::string& line, const std::function<int()>& act) {
  std::function<void(const std::string&)> on_effect;
  {
    std::lock_guard lock(mutex_);
    on_effect = on_effect_;
  }
  if (on_effect) on_effect(line);
  std::lock_guard lock(mutex_);
  if (const std::optional<int> error = TakeFault(line, false)) return *error;
  if (const int error = act(); error != 0) return error;
  journal_.push_back(line);
  return TakeFault(line, true).value_or(0);
}

absl::Status FakeHost::EffectStatus(const std::string& line, const std::function<int()>& act) {
  const int error = Effect(line, act);
  return error == 0 ? absl::OkStatus() : ErrnoStatus(error, line);
}

absl::Status FakeHost::KilledAt(absl::Time deadline, const std::string& line) {
  clock_.SleepUntil(deadline);
  return absl::DeadlineExceededError(line + ": killed at its deadline");
}

absl::Status FakeHost::EffectUntil(const std::string& line, absl::Time deadline,
                                   const std::function<int()>& act) {
  const int error = Effect(line, act);
  if (error == ETIMEDOUT) return KilledAt(deadline, line);
  return error == 0 ? absl::OkStatus() : ErrnoStatus(error, line);
}

void FakeHost::FailOn(const std::string& prefix, int error) {
  std::lock_guard lock(mutex_);
  faults_.push_back({prefix, error, false});
}

void FakeHost::FailOnceAfter(const std::string& prefix, int error) {
  std::lock_guard lock(mutex_);
  faults_.push_back({prefix, error, true});
}

void FakeHost::SetOnEffect(std::function<void(const std::string&)> on_effect) {
  std::lock_guard lock(mutex_);
  on_effect_ = std::move(on_effect);
}

void FakeHost::SetOnProgram(std::function<void(const std::string&)> on_program) {
  std::lock_guard lock(mutex_);
  on_program_ = std::move(on_program);
}

void FakeHost::Reboot() {
  std::lock_guard lock(mutex_);
  while (!controllers_.empty()) RemoveController(controllers_.back().name);
  while (!heads_.empty()) RemoveHead(heads_.begin()->first);
  nvmet_sizes_.clear();
  while (!mapped_.empty()) RemoveMapped(mapped_.begin()->first);
  RemoveTree("/sys/kernel/config/nvmet");
  LoadNvmet();
  mounts_.clear();
  openers_.clear();
  left_behind_.clear();
  actions_.clear();
}

std::vector<std::string> FakeHost::journal() const {
  std::lock_guard lock(mutex_);
  return journal_;
}

void FakeHost::ClearJournal() {
  std::lock_guard lock(mutex_);
  journal_.clear();
}

// --- files ---

void FakeHost::AddFile(const std::string& path, std::string content, uint32_t mode) {
  std::lock_guard lock(mutex_);
  files_[path] = {{FileType::kRegular, mode, {}}, std::move(content)};
}

void FakeHost::AddDirectory(const std::string& path) {
  if (path != "/") AddDirectory(Parent(path));
  std::lock_guard lock(mutex_);
  files_.try_emplace(path, Node{{FileType::kDirectory, 0755, {}}, ""});
}

void FakeHost::AddSymbolicLink(const std::string& path, const std::string& to) {
  std::lock_guard lock(mutex_);
  files_[path] = {{FileType::kSymbolicLink, 0777, {}}, to};
}

void FakeHost::AddDeviceNode(const std::string& path, DeviceNumber number) {
  std::lock_guard lock(mutex_);
  files_[path] = {{FileType::kBlockDevice, 0660, number}, ""};
}

void FakeHost::Put(const std::string& path, std::string content) {
  for (std::string dir = Parent(path); dir != "/"; dir = Parent(dir)) {
    files_.try_emplace(dir, Node{{FileType::kDirectory, 0755, {}}, ""});
  }
  files_[path] = {{FileType::kRegular, 0644, {}}, std::move(content)};
}

void FakeHost::RemoveTree(const std::string& path) {
  std::erase_if(files_, [&](const auto& file) {
    return file.first == path || file.first.starts_with(path + "/");
  });
}

bool FakeHost::HasChildren(const std::string& path) const {
  const auto next = files_.lower_bound(path + "/");
  return next != files_.end() && next->first.starts_with(path + "/");
}

std::optional<FileInfo> FakeHost::FindFile(const std::string& path) {
  const absl::StatusOr<FileInfo> info = Stat(path);
  if (!info.ok()) return std::nullopt;
  return *info;
}

std::map<std::string, std::string> FakeHost::FilesBelow(const std::string& folder) const {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::string> found;
  for (auto file = files_.lower_bound(folder + "/");
       file != files_.end() && file->first.starts_with(folder + "/"); ++file) {
    found[file->first] = file->second.content;
  }
  return found;
}

std::string FakeHost::ReadFile(const std::string& path) { return Read(path).value_or(""); }

absl::StatusOr<std::string> FakeHost::Read(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (const auto error = TakeFault("read " + path, false)) return ErrnoStatus(*error, path);
  const auto file = files_.find(path);
  if (file == files_.end()) return ErrnoStatus(ENOENT, path);
  if (file->second.info.type == FileType::kDirectory) return ErrnoStatus(EISDIR, path);
  return file->second.content;
}

absl::StatusOr<std::vector<std::string>> FakeHost::List(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (const auto error = TakeFault("list " + path, false)) return ErrnoStatus(*error, path);
  if (!files_.contains(path)) return ErrnoStatus(ENOENT, path);
  std::vector<std::string> names;
  const std::string below = path == "/" ? path : path + "/";
  for (auto file = files_.upper_bound(below);
       file != files_.end() && file->first.starts_with(below); ++file) {
    const std::string_view name = std::string_view(file->first).substr(below.size());
    if (name.find('/') == std::string_view::npos) names.emplace_back(name);
  }
  return names;
}

absl::StatusOr<FileInfo> FakeHost::Stat(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (const auto error = TakeFault("stat " + path, false)) return ErrnoStatus(*error, path);
  const std::vector<Mount> here = MountsAt(mounts_, path);
  if (!here.empty() && here.back().root != "/") {  // a bind-mounted device node
    const auto node = files_.find("/dev" + here.back().root);
    const DeviceNumber number =
        node == files_.end() ? *ParseDeviceNumber(here.back().source) : node->second.info.number;
    return FileInfo{FileType::kBlockDevice, 0660, number};
  }
  const auto file = files_.find(path);
  if (file == files_.end()) return ErrnoStatus(ENOENT, path);
  return file->second.info;
}

absl::StatusOr<std::string> FakeHost::RealPath(const std::string& path) {
  std::lock_guard lock(mutex_);
  std::string real;
  for (const std::string_view part : Split(path, '/')) {
    if (part.empty()) continue;
    real.append("/").append(part);
    const auto file = files_.find(real);
    if (file == files_.end()) return ErrnoStatus(ENOENT, path);
    if (file->second.info.type == FileType::kSymbolicLink) real = file->second.content;
  }
  return real.empty() ? "/" : real;
}

absl::Status FakeHost::Write(const std::string& path, std::string_view data) {
  return EffectStatus(fmt::format("write {} {}", path, data), [&] {
    if (IsNvmet(path)) return WriteNvmet(path, data);
    const auto file = files_.find(path);
    if (file == files_.end()) return ENOENT;
    file->second.content = data;
    return 0;
  });
}

absl::Status FakeHost::Replace(const std::string& path, std::string_view data, uint32_t mode) {
  return EffectStatus("replace " + path, [&] {
    if (!files_.contains(Parent(path))) return ENOENT;
    files_.erase(TemporaryNameOf(path));  // what a crash left of an earlier one is written over
    files_[path] = {{FileType::kRegular, mode, {}}, std::string(data)};
    return 0;
  });
}

absl::Status FakeHost::CreateExclusively(const std::string& path, uint32_t mode) {
  return EffectStatus("create " + path, [&] {
    if (files_.contains(path)) return EEXIST;
    if (!files_.contains(Parent(path))) return ENOENT;
    files_[path] = {{FileType::kRegular, mode, {}}, ""};
    return 0;
  });
}

absl::Status FakeHost::MakeDirectories(const std::string& path, uint32_t mode) {
  if (const auto info = FindFile(path)) {
    return info->type == FileType::kDirectory ? absl::OkStatus() : ErrnoStatus(ENOTDIR, path);
  }
  RETURN_IF_ERROR(MakeDirectories(Parent(path), mode));
  return EffectStatus("mkdir " + path, [&] {
    if (IsNvmet(path)) return MakeNvmetDirectory(path, mode);
    files_[path] = {{FileType::kDirectory, mode, {}}, ""};
    return 0;
  });
}

absl::Status FakeHost::CreateSymbolicLink(const std::string& path, const std::string& to) {
  return EffectStatus("symlink " + path, [&] {
    if (IsNvmet(path)) return LinkNvmet(path, to);
    if (files_.contains(path)) return EEXIST;
    if (!files_.contains(Parent(path))) return ENOENT;
    files_[path] = {{FileType::kSymbolicLink, 0777, {}}, to};
    return 0;
  });
}

absl::Status FakeHost::RemoveFile(const std::string& path) {
  return EffectStatus("unlink " + path, [&] {
    if (IsNvmet(path)) return UnlinkNvmet(path);
    const auto file = files_.find(path);
    if (file == files_.end()) return ENOENT;
    if (file->second.info.type == FileType::kDirectory) return EISDIR;
    if (!MountsAt(mounts_, path).empty()) return EBUSY;
    files_.erase(file);
    return 0;
  });
}

absl::Status FakeHost::RemoveDirectory(const std::string& path) {
  return EffectStatus("rmdir " + path, [&] {
    if (IsNvmet(path)) return RemoveNvmetDirectory(path);
    const auto file = files_.find(path);
    if (file == files_.end()) return ENOENT;
    if (file->second.info.type != FileType::kDirectory) return ENOTDIR;
    if (!MountsAt(mounts_, path).empty()) return EBUSY;
    if (HasChildren(path)) return ENOTEMPTY;
    files_.erase(file);
    return 0;
  });
}

}  // namespace rds_csi
