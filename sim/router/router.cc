// SPDX-License-Identifier: Apache-2.0
#include "sim/router/router.h"

#include <fmt/format.h>

#include <ctime>
#include <set>

#include "sim/base/files.h"
#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/base/uuid.h"
#include "sim/router/commands.h"
#include "sim/router/disk_settings.h"
#include "sim/router/exports.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {

absl::StatusOr<PoolSpec> ParsePool(const std::string& text) {
  const size_t equals = text.find('=');
  const size_t colon = std::min(text.find(':'), text.size());
  const auto malformed = [&](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format(
        "pool {}: {}; expected NAME=SIZE:FS such as storage-pool=16G:btrfs", text, why));
  };
  if (equals == std::string::npos || equals == 0 || equals > colon) return malformed("no size");
  const auto size = ParseSize(std::string_view(text).substr(equals + 1, colon - equals - 1));
  if (!size || *size == 0) return malformed("no size");
  std::string fs = colon == text.size() ? "btrfs" : text.substr(colon + 1);
  static const std::set<std::string> kKnown = {"btrfs", "xfs", "ext4"};
  if (kKnown.count(fs) == 0) return malformed("filesystem is none of btrfs, xfs, ext4");
  if (equals > kMaxSlot || text.find('/') < equals) return malformed("bad name");
  return PoolSpec{.slot = text.substr(0, equals), .size = *size, .fs = std::move(fs)};
}

Router::Router(const RouterOptions& options, const Schema& schema, const Switches& switches,
               ExportTarget& target)
    : machine_(schema, switches, target, options.state_dir + "/files"),
      state_path_(options.state_dir + "/state.json") {}

absl::StatusOr<std::unique_ptr<Router>> Router::Open(const RouterOptions& options,
                                                     const Schema& schema, const Switches& switches,
                                                     ExportTarget& target) {
  SIM_RETURN_IF_ERROR(MakeDirectories(options.state_dir));
  std::unique_ptr<Router> router(new Router(options, schema, switches, target));
  SIM_RETURN_IF_ERROR(router->Load(options));
  router->saver_ = std::make_unique<StateSaver>(router->state_path_,
                                                [r = router.get()] { return r->Snapshot(); });
  router->saver_->Touch();
  SIM_RETURN_IF_ERROR(PublishAll(router->machine_));
  return router;
}

Router::~Router() {
  saver_.reset();
  WithdrawAll(machine_);
}

absl::Status Router::Load(const RouterOptions& options) {
  machine_.booted = std::time(nullptr);
  machine_.boot = RandomUuid();
  machine_.seed = RandomUuid();
  absl::StatusOr<SavedState> state = LoadState(state_path_);
  if (state.ok()) {
    for (Disk& disk : state->disks) machine_.disks.Insert(std::move(disk));
    machine_.disks.ReserveIds(state->next_disk);
    machine_.subvolumes = std::move(state->subvolumes);
    machine_.next_subvolume = state->next_subvolume;
    machine_.identity = state->identity;
    machine_.seed = state->seed;
  } else if (!absl::IsNotFound(state.status())) {
    return state.status();
  }
  for (const PoolSpec& pool : options.pools) AddPool(pool);
  for (const std::string& directory : options.directories) {
    SIM_ASSIGN_OR_RETURN(const std::string path, NormalFilePath(directory, "directory"));
    SIM_RETURN_IF_ERROR(machine_.files.MakeDirectory(path));
  }
  return absl::OkStatus();
}

void Router::AddPool(const PoolSpec& spec) {
  const Disk* existing = machine_.disks.FindSlot(spec.slot);
  Disk pool = existing == nullptr ? Disk() : *existing;
  pool.type = "raid";
  pool.slot = spec.slot;
  pool.size = spec.size;
  pool.fs = spec.fs;
  if (existing != nullptr) return machine_.disks.Replace(std::move(pool));
  pool.fs_uuid = RandomUuid();
  machine_.disks.Insert(std::move(pool));
  machine_.files.MakeDirectory("/" + spec.slot).IgnoreError();  // the first file will tell
}

absl::StatusOr<Reply> Router::Execute(const Command& command) {
  const Handler handler = FindHandler(command);
  if (handler == nullptr) return NotSimulated(command.Path());
  const std::lock_guard lock(mutex_);
  absl::StatusOr<Reply> reply = handler(machine_, command);
  if (command.Writes()) saver_->Touch();
  return reply;
}

absl::Status Router::ChangePool(const std::string& slot, const PoolChange& change) {
  const std::lock_guard lock(mutex_);
  const Disk* found = machine_.disks.FindSlot(slot);
  if (found == nullptr || found->is_file()) {
    return absl::NotFoundError(fmt::format("no pool {}", slot));
  }
  Disk pool = *found;
  pool.full = change.full.value_or(pool.full);
  pool.mounted = change.mounted.value_or(pool.mounted);
  pool.state = change.state.value_or(pool.state);
  machine_.disks.Replace(std::move(pool));
  saver_->Touch();
  return absl::OkStatus();
}

void Router::PowerOff() {
  const std::lock_guard lock(mutex_);
  WithdrawAll(machine_);
  machine_.exports_up = false;
  machine_.boot = RandomUuid();
  machine_.booted = std::time(nullptr);
}

void Router::ListenWithoutExports() {
  const std::lock_guard lock(mutex_);
  std::set<uint64_t> ports;
  for (const auto& [id, disk] : machine_.disks.rows()) {
    if (disk.nvme_export) ports.insert(disk.nvme_port);
  }
  for (const uint64_t port : ports) {
    machine_.target.ListenWithoutExports(port).IgnoreError();  // a closed port is a fair boot, too
  }
}

absl::Status Router::RestoreExports() {
  const std::lock_guard lock(mutex_);
  machine_.exports_up = true;
  return PublishAll(machine_);
}

SavedState Router::Snapshot() {
  const std::lock_guard lock(mutex_);
  SavedState state{.disks = {},
                   .next_disk = machine_.disks.next_id(),
                   .subvolumes = machine_.subvolumes,
                   .next_subvolume = machine_.next_subvolume,
                   .identity = machine_.identity,
                   .seed = machine_.seed};
  state.disks.reserve(machine_.disks.rows().size());
  for (const auto& [id, disk] : machine_.disks.rows()) state.disks.push_back(disk);
  return state;
}

}  // namespace rds_csi::sim
