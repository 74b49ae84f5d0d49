// SPDX-License-Identifier: Apache-2.0
#include "sim/router/exports.h"

#include <fmt/format.h>

#include <optional>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/base/uuid.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

bool IsExported(const Disk* disk) {
  return disk != nullptr && disk->is_file() && disk->nvme_export && !disk->disabled;
}

std::string UuidOf(const Machine& machine, const Disk& disk) {
  const std::string mode = machine.switches.Get("namespace-uuid");
  if (mode == "new-each-start") return UuidFrom(disk.namespace_uuid + machine.boot);
  if (mode == "new-each-export") return RandomUuid();
  return disk.namespace_uuid;
}

std::vector<std::string> HostsOf(const Machine& machine, const Disk& disk) {
  if (disk.nvme_allow_host.empty()) return {};
  if (machine.switches.Is("allow-host-name", "list")) return SplitList(disk.nvme_allow_host);
  return {disk.nvme_allow_host};
}

Export ExportOf(const Machine& machine, const Disk& disk) {
  return {.nqn = disk.nqn(),
          .hosts = HostsOf(machine, disk),
          .port = disk.nvme_port,
          .file = machine.files.LocalPath(disk.file_path),
          .uuid = UuidOf(machine, disk)};
}

absl::Status Explain(const absl::Status& status) {
  if (status.ok()) return status;
  return Failure(fmt::format("nvme-tcp export: {}", Message(status)));
}

bool MustRepublish(const Disk& before, const Disk& after) {
  return before.nqn() != after.nqn() || before.nvme_port != after.nvme_port ||
         before.file_path != after.file_path;
}

absl::Status Republish(Machine& machine, const Disk& before, const Disk& after) {
  machine.target.Withdraw(before.nqn());
  absl::Status status = machine.target.Publish(ExportOf(machine, after));
  if (!status.ok()) machine.target.Publish(ExportOf(machine, before)).IgnoreError();
  return status;
}

absl::Status Adjust(Machine& machine, const Disk& before, const Disk& after) {
  if (MustRepublish(before, after)) return Republish(machine, before, after);
  const Export wanted = ExportOf(machine, after);
  if (before.nvme_allow_host != after.nvme_allow_host) {
    const bool drop = machine.switches.Is("allow-host-change", "drop");
    absl::Status status = machine.target.ChangeHosts(wanted, drop);
    if (!status.ok()) return status;
  }
  return before.file_size == after.file_size ? absl::OkStatus() : machine.target.FollowSize(wanted);
}

}  // namespace

absl::Status ChangeExport(Machine& machine, const Disk* before, const Disk* after) {
  if (!machine.exports_up) return absl::OkStatus();
  const bool was = IsExported(before);
  const bool will = IsExported(after);
  if (was && will) return Explain(Adjust(machine, *before, *after));
  if (will) return Explain(machine.target.Publish(ExportOf(machine, *after)));
  if (was) machine.target.Withdraw(before->nqn());
  return absl::OkStatus();
}

absl::Status PublishAll(Machine& machine) {
  absl::Status first;
  for (const auto& [id, disk] : machine.disks.rows()) {
    if (IsExported(&disk)) first.Update(Explain(machine.target.Publish(ExportOf(machine, disk))));
  }
  return first;
}

void WithdrawAll(Machine& machine) {
  for (const auto& [id, disk] : machine.disks.rows()) {
    if (IsExported(&disk)) machine.target.Withdraw(disk.nqn());
  }
}

}  // namespace rds_csi::sim
