// SPDX-License-Identifier: Apache-2.0
#include "by_hand.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "controller/admit.h"
#include "model/ledger.h"

namespace rds_csi::world::histories {
namespace {

constexpr char kWords[] = "do not touch, says the storage team";

RosRecord* RowOf(Datacenter& datacenter, const Claim& claim) {
  FakeRouterOs& rds = datacenter.site().rds();
  return rds.HasDisk(claim.id.Slot()) ? &rds.Disk(claim.id.Slot()) : nullptr;
}

// The simulated RDS counts the room of files by their disks.
void TakeRoom(Datacenter& datacenter, int64_t bytes) {
  RosRecord& pool = datacenter.site().rds().disks.front();
  pool["free"] = fmt::format("{}", ParseInt64(pool.at("free")).value_or(0) - bytes);
}

int64_t SizeOf(const RosRecord& row) { return ParseInt64(row.at("size")).value_or(0); }

// As its ledger says, and without a session of anybody else.
void MendFence(Datacenter& datacenter, RosRecord& row) {
  const absl::StatusOr<Ledger> ledger = ParseLedger(row.at("comment"));
  if (!ledger.ok()) return;
  row["nvme-tcp-export"] = "false";
  datacenter.ShowRds();
  const Fence fence = FenceOf(*ledger);
  row["nvme-tcp-export"] = fence.host_nqns.empty() ? "false" : "true";
  row["nvme-tcp-server-allow-host-name"] = AllowHost(fence, datacenter.site().behaviour());
}

void ChangeRow(Datacenter& datacenter, Kind kind, RosRecord& row) {
  if (kind == Kind::kHandUnexport) row["nvme-tcp-export"] = "false";
  if (kind == Kind::kHandAdmitAll) row["nvme-tcp-server-allow-host-name"] = "";
  if (kind == Kind::kHandComment) row["comment"] = kWords;
  if (kind == Kind::kHandRemoveFile) {
    datacenter.site().rds().files.erase(row.at("file-path").substr(1));
  }
  if (kind == Kind::kHandRemoveDisk) {
    const std::string id = row.at(".id");
    TakeRoom(datacenter, -SizeOf(row));
    std::erase_if(datacenter.site().rds().disks,
                  [&](const RosRecord& each) { return each.at(".id") == id; });
  }
}

// Where somebody still wants the volume and nobody has made it anew; else what is left of it goes.
void PutDiskBack(Datacenter& datacenter, const Claim& claim, const RosRecord& before, bool wanted) {
  FakeRouterOs& rds = datacenter.site().rds();
  const RosRecord* row = RowOf(datacenter, claim);
  const std::string file = before.at("file-path").substr(1);
  if (!rds.files.contains(file)) return;
  if (row == nullptr && wanted) {
    rds.disks.push_back(before);
    TakeRoom(datacenter, SizeOf(before));
  } else if (row == nullptr || row->at("file-path") != before.at("file-path")) {
    rds.files.erase(file);
  }
}

void MendRow(Datacenter& datacenter, RosRecord& row, const RosRecord& before) {
  if (row.at("comment") == kWords) row["comment"] = before.at("comment");
  if (row.at("file-path") == before.at("file-path")) {
    datacenter.site().rds().files.insert(before.at("file-path").substr(1));
  }
  MendFence(datacenter, row);
}

std::function<void()> FillPool(Datacenter& datacenter) {
  const RosRecord& pool = datacenter.site().rds().disks.front();
  const int64_t taken = ParseInt64(pool.at("free")).value_or(0);
  TakeRoom(datacenter, taken);
  return [&datacenter, taken] { TakeRoom(datacenter, -taken); };
}

}  // namespace

RosRecord ForeignDisk() {
  return {{".id", "*FFFF"},
          {"slot", "backup-of-the-office"},
          {"type", "file"},
          {"file-path", "/storage-pool/csi/backup.img"},
          {"size", "1073741824"},
          {"nvme-tcp-export", "true"},
          {"nvme-tcp-server-port", "4420"},
          {"nvme-tcp-server-nqn", "nqn.2000-02.com.mikrotik:backup-of-the-office"},
          {"nvme-tcp-server-allow-host-name", ""},
          {"comment", "the office"}};
}

std::function<void()> DoByHand(Datacenter& datacenter, const Objects& objects, Kind kind,
                               int volume) {
  if (kind == Kind::kPoolFull) return FillPool(datacenter);
  FakeRouterOs& rds = datacenter.site().rds();
  if (kind == Kind::kHandForeignDisk) {
    if (!rds.HasDisk(ForeignDisk().at("slot"))) rds.disks.push_back(ForeignDisk());
    return [] {};
  }
  const Claim& claim = datacenter.claim(volume);
  const Volume& object = objects.volumes[static_cast<size_t>(volume - 1)];
  RosRecord* row = RowOf(datacenter, claim);
  // One hand at a time, and none where Kubernetes is about to make or to delete the volume: it
  // forgets one whose making was refused.
  if (row == nullptr || object.created != Belief::kYes || datacenter.site().IsExcused(claim)) {
    return [] {};
  }
  datacenter.site().Excuse(claim, true);
  const RosRecord before = *row;
  ChangeRow(datacenter, kind, *row);
  datacenter.ShowRds();
  return [&datacenter, &claim, &object, kind, before] {
    if (kind == Kind::kHandRemoveDisk) {
      PutDiskBack(datacenter, claim, before, object.wanted);
    }
    if (RosRecord* now = RowOf(datacenter, claim)) MendRow(datacenter, *now, before);
    datacenter.ShowRds();
    datacenter.site().Excuse(claim, false);
  };
}

}  // namespace rds_csi::world::histories
