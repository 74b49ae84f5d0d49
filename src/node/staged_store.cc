// SPDX-License-Identifier: Apache-2.0
#include "node/staged_store.h"

#include <fmt/format.h>

#include "base/status.h"

namespace rds_csi {
namespace {

constexpr uint32_t kFolderMode = 0700;
constexpr uint32_t kRecordMode = 0600;
constexpr std::string_view kSuffix = ".json";

}  // namespace

std::string StagedStore::PathOf(const VolumeId& id) const {
  return fmt::format("{}/{}{}", folder_, id.str(), kSuffix);
}

absl::StatusOr<std::optional<StagedVolume>> StagedStore::Find(const VolumeId& id) const {
  const std::string path = PathOf(id);
  const absl::StatusOr<std::string> text = files_.Read(path);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  absl::StatusOr<StagedVolume> volume = ParseStagedVolume(*text);
  if (!volume.ok()) return Annotate(volume.status(), fmt::format("the record {}", path));
  if (volume->id == id) return *std::move(volume);
  return absl::FailedPreconditionError(
      fmt::format("the record {} is of volume {}", path, volume->id.str()));
}

absl::StatusOr<StagedVolumes> StagedStore::List() const {
  StagedVolumes found;
  const absl::StatusOr<std::vector<std::string>> names = files_.List(folder_);
  if (absl::IsNotFound(names.status())) return found;
  if (!names.ok()) return names.status();
  for (const std::string& file : *names) {
    if (!file.ends_with(kSuffix)) continue;  // what a crash left of a Replace
    const std::string name = file.substr(0, file.size() - kSuffix.size());
    const absl::StatusOr<VolumeId> id = VolumeId::Parse(name);
    if (!id.ok()) {
      found.damaged.push_back({name, Message(id.status())});
      continue;
    }
    absl::StatusOr<std::optional<StagedVolume>> volume = Find(*id);
    if (!volume.ok()) found.damaged.push_back({name, Message(volume.status())});
    if (volume.ok() && *volume) found.volumes.push_back(**std::move(volume));
  }
  return found;
}

absl::Status StagedStore::Put(const StagedVolume& volume) const {
  const std::string text = FormatStagedVolume(volume);
  absl::Status written = ParseStagedVolume(text).status();  // one that cannot be read again is none
  if (written.ok()) written = files_.MakeDirectories(folder_, kFolderMode);
  if (written.ok()) written = files_.Replace(PathOf(volume.id), text, kRecordMode);
  if (written.ok()) return written;
  return absl::InternalError(fmt::format("volume {}: what is staged cannot be recorded: {}",
                                         volume.id.str(), Message(written)));
}

absl::Status StagedStore::PutPhase(StagedVolume& volume, StagePhase phase) const {
  if (volume.phase == phase) return absl::OkStatus();
  volume.phase = phase;
  return Put(volume);
}

absl::Status StagedStore::PutDevice(StagedVolume& volume, DeviceNumber device) const {
  if (volume.device == device) return absl::OkStatus();
  volume.device = device;
  return Put(volume);
}

absl::Status StagedStore::Remove(const VolumeId& id) const {
  return RemoveReplaced(files_, PathOf(id));
}

}  // namespace rds_csi
