// SPDX-License-Identifier: Apache-2.0
#include "sim/router/state_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/base/files.h"
#include "sim/base/status_macros.h"

namespace rds_csi::sim {
namespace {

using Json = nlohmann::json;

Json ToJson(const Disk& disk) {
  Json json = {{"id", disk.id},
               {"type", disk.type},
               {"slot", disk.slot},
               {"comment", disk.comment},
               {"disabled", disk.disabled},
               {"mount-filesystem", disk.mount_filesystem},
               {"nvme-export", disk.nvme_export},
               {"nvme-port", disk.nvme_port},
               {"nvme-nqn", disk.nvme_nqn},
               {"nvme-allow-host", disk.nvme_allow_host},
               {"other", disk.other}};
  if (disk.is_file()) {
    json.update({{"file-path", disk.file_path},
                 {"file-size", disk.file_size},
                 {"namespace-uuid", disk.namespace_uuid}});
  } else {
    json.update({{"fs", disk.fs},
                 {"fs-uuid", disk.fs_uuid},
                 {"size", disk.size},
                 {"state", disk.state},
                 {"mounted", disk.mounted},
                 {"full", disk.full}});
  }
  return json;
}

Disk DiskFrom(const Json& json) {
  Disk disk;
  disk.id = json.at("id").get<uint64_t>();
  disk.type = json.at("type").get<std::string>();
  disk.slot = json.at("slot").get<std::string>();
  disk.comment = json.value("comment", "");
  disk.disabled = json.value("disabled", false);
  disk.mount_filesystem = json.value("mount-filesystem", true);
  disk.nvme_export = json.value("nvme-export", false);
  disk.nvme_port = json.value("nvme-port", uint64_t{4420});
  disk.nvme_nqn = json.value("nvme-nqn", "");
  disk.nvme_allow_host = json.value("nvme-allow-host", "");
  disk.other = json.value("other", decltype(disk.other)());
  disk.file_path = json.value("file-path", "");
  disk.file_size = json.value("file-size", uint64_t{0});
  disk.namespace_uuid = json.value("namespace-uuid", "");
  disk.fs = json.value("fs", "");
  disk.fs_uuid = json.value("fs-uuid", "");
  disk.size = json.value("size", uint64_t{0});
  disk.state = json.value("state", "clean");
  disk.mounted = json.value("mounted", true);
  disk.full = json.value("full", false);
  return disk;
}

Json ToJson(const Subvolume& subvolume) {
  return {{"id", subvolume.id},          {"fs", subvolume.fs},
          {"name", subvolume.name},      {"parent", subvolume.parent},
          {"uuid", subvolume.uuid},      {"read-only", subvolume.read_only},
          {"created", subvolume.created}};
}

Subvolume SubvolumeFrom(const Json& json) {
  return {.id = json.at("id").get<uint64_t>(),
          .fs = json.at("fs").get<std::string>(),
          .name = json.at("name").get<std::string>(),
          .parent = json.value("parent", ""),
          .uuid = json.value("uuid", ""),
          .read_only = json.value("read-only", false),
          .created = json.value("created", int64_t{0})};
}

SavedState StateFrom(const Json& json) {
  SavedState state;
  for (const Json& disk : json.at("disks")) state.disks.push_back(DiskFrom(disk));
  state.next_disk = json.at("next-disk").get<uint64_t>();
  for (const Json& item : json.at("subvolumes")) {
    Subvolume subvolume = SubvolumeFrom(item);
    state.subvolumes.emplace(subvolume.id, std::move(subvolume));
  }
  state.next_subvolume = json.at("next-subvolume").get<uint64_t>();
  state.identity = json.at("identity").get<std::string>();
  state.seed = json.at("seed").get<std::string>();
  return state;
}

}  // namespace

absl::StatusOr<SavedState> LoadState(const std::string& path) {
  SIM_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const Json json = Json::parse(text, nullptr, false);
  try {
    return StateFrom(json);
  } catch (const Json::exception& error) {
    return absl::DataLossError(fmt::format("{} is not a state file: {}", path, error.what()));
  }
}

absl::Status SaveState(const std::string& path, const SavedState& state) {
  Json disks = Json::array();
  for (const Disk& disk : state.disks) disks.push_back(ToJson(disk));
  Json subvolumes = Json::array();
  for (const auto& [id, subvolume] : state.subvolumes) subvolumes.push_back(ToJson(subvolume));
  const Json json = {
      {"disks", std::move(disks)},           {"next-disk", state.next_disk},
      {"subvolumes", std::move(subvolumes)}, {"next-subvolume", state.next_subvolume},
      {"identity", state.identity},          {"seed", state.seed}};
  return WriteFile(path, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace rds_csi::sim
