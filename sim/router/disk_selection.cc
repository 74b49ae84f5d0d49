// SPDX-License-Identifier: Apache-2.0
#include "sim/router/disk_selection.h"

#include <iterator>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

using Ids = std::set<uint64_t>;

Ids IdOf(const Disk* disk) { return disk == nullptr ? Ids() : Ids{disk->id}; }

Ids Pools(const DiskTable& disks) {
  Ids pools;
  for (const uint64_t id : disks.pools()) pools.insert(id);
  return pools;
}

std::optional<Ids> CandidatesOfEqual(const DiskTable& disks, const Condition& condition) {
  // A property that a row has not is equal to the empty text, so "" selects unknown rows.
  if (condition.value.empty()) return std::nullopt;
  if (condition.name == "slot") return IdOf(disks.FindSlot(condition.value));
  if (condition.name == ".id") return IdOf(disks.Find(ParseId(condition.value)));
  if (condition.name == "file-path") return IdOf(disks.FindFile(condition.value));
  if (condition.name == "mount-point") return Pools(disks);
  return std::nullopt;
}

uint64_t FindTarget(const DiskTable& disks, const std::string& name) {
  if (const Disk* disk = disks.Find(ParseId(name))) return disk->id;
  if (const Disk* disk = disks.FindSlot(name)) return disk->id;
  const auto position = ParseNumber(name);
  if (!position || *position >= disks.rows().size()) return 0;
  return std::next(disks.rows().begin(), static_cast<ptrdiff_t>(*position))->first;
}

}  // namespace

std::optional<Ids> Candidates(const DiskTable& disks, const Condition& condition) {
  if (condition.op == Condition::Op::kNever) return Ids();
  if (condition.op == Condition::Op::kEqual) return CandidatesOfEqual(disks, condition);
  if (condition.op == Condition::Op::kAnd) {
    for (const Condition& part : condition.parts) {
      if (auto ids = Candidates(disks, part)) return ids;
    }
  }
  if (condition.op != Condition::Op::kOr) return std::nullopt;
  Ids all;
  for (const Condition& part : condition.parts) {
    auto ids = Candidates(disks, part);
    if (!ids) return std::nullopt;
    all.merge(*ids);
  }
  return all;
}

absl::StatusOr<std::vector<uint64_t>> TargetDisks(const Machine& machine, const Command& command) {
  const auto names = command.Targets();
  if (!names) return MissingArgument("numbers");
  if (names->empty() && machine.switches.Is("empty-find", "no-such-item")) return NoSuchItem();
  std::vector<uint64_t> ids;
  for (const std::string& name : *names) {
    const uint64_t id = FindTarget(machine.disks, name);
    if (id == 0) return NoSuchItem();
    ids.push_back(id);
  }
  return ids;
}

}  // namespace rds_csi::sim
