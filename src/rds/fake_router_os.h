// SPDX-License-Identifier: Apache-2.0
// The RDS for unit tests: a disk table, pools and files behind the transport's seam, a journal of
// what changed, and faults as data.
#ifndef RDS_CSI_RDS_FAKE_ROUTER_OS_H_
#define RDS_CSI_RDS_FAKE_ROUTER_OS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rds/transport.h"

namespace rds_csi {

class FakeRouterOs final : public RosTransport {
 public:
  FakeRouterOs();  // one Btrfs pool "storage-pool" of 1 TiB, all of it free

  absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand& command,
                                             absl::Time deadline) override;

  // A file disk as the former driver made them: slot = id, exported to everybody.
  RosRecord& AddLegacyDisk(const std::string& id, int64_t size_bytes);
  // The row in `slot`; must be there.
  RosRecord& Disk(const std::string& slot);
  bool HasDisk(const std::string& slot) const { return FindDisk(slot) != nullptr; }

  // Faults. Each applies to the calls that `when` picks by the name of the command ("/disk set").
  enum class Fault {
    kUnreachable,  // nothing happens: UNAVAILABLE
    kLostReply,    // it happens, and nobody hears of it: DEADLINE_EXCEEDED
    kNeverArrives  // nothing happens, and nobody can tell: DEADLINE_EXCEEDED
  };
  // On the next call of `name`; several are taken one after the other.
  void FailNext(const std::string& name, Fault fault) { faults_[name].push_back(fault); }
  // Every call from now on.
  bool unreachable = false;
  // RouterOS refuses every change: a read-only login.
  bool read_only = false;
  // Before a call is carried out: another actor's turn, or the moment to say how it fails.
  std::function<void(const RosCommand&)> before;
  // After it, whether or not the answer gets through.
  std::function<void(const RosCommand&)> after;
  // Properties that a set or add leaves as they are, though it says nothing.
  std::set<std::string> ignores;

  std::vector<RosRecord> disks;  // pools are among them
  std::set<std::string> files;   // without a leading slash
  std::string version = "7.24.5 (stable)";

  // One line an effect: "add csi-…", "set csi-… nvme-tcp-export=no …", "remove csi-…",
  // "remove-file storage-pool/…", and "sessions dropped csi-…" when an export goes off.
  std::vector<std::string> journal;
  std::vector<RosCommand> commands;  // every call, carried out or not
  int calls = 0;

 private:
  const RosRecord* FindDisk(const std::string& slot) const;
  absl::StatusOr<std::vector<RosRecord>> CarryOut(const RosCommand& command);
  std::vector<RosRecord> PrintRows(const RosCommand& command) const;
  absl::StatusOr<RosRecord> Add(const RosCommand& command);
  absl::StatusOr<RosRecord> Set(const RosCommand& command);
  absl::Status Remove(const RosCommand& command);
  absl::Status Resize(RosRecord& row, int64_t size_bytes);
  RosRecord& Pool() { return disks.front(); }

  std::map<std::string, std::vector<Fault>> faults_;
  int next_id_ = 1;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_FAKE_ROUTER_OS_H_
