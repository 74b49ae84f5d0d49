// SPDX-License-Identifier: Apache-2.0
// Looks after staged volumes for as long as this plugin runs (STL-7): connects again what the
// kernel gave up, always as the attachment that the volume was staged for; makes anchors that are
// missing, and lets them grow with their volumes; takes an anchor away when its patience has run
// out, and what is left of an attachment that is over. What volumes there are, and since when one
// is lost, is in the records; a restarted keeper goes on from there.
#ifndef RDS_CSI_NODE_KEEPER_H_
#define RDS_CSI_NODE_KEEPER_H_

#include <atomic>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/volume_locks.h"
#include "node/node.h"
#include "node/quarantine.h"
#include "nvme/link.h"

namespace rds_csi {

class Keeper {
 public:
  static constexpr size_t kWorkers = 8;

  // `locks`: those of the RPCs; both outlive this. `workers`: so many volumes are worked on at
  // once. Each waits in a child that is killed at its deadline.
  Keeper(const Node& node, VolumeLocks& locks, size_t workers = kWorkers);

  // Looks at every staged volume, and does what is due. A volume that an RPC works on is left for
  // the next time; one in quarantine is not, for it is a connection, or the end of its patience,
  // that frees it. An RDS that does not answer is asked once, not once a volume.
  // Never two at once: a second one returns without doing anything. Answers when to look again at
  // the latest.
  absl::Time Tick();

  // Tick() whenever something changes in the kernel, or is due, until `stop`.
  void Run(const std::stop_token& stop);

 private:
  // What need not survive a restart.
  struct Memory {
    explicit Memory(const StagedVolume& volume);
    Backoff pauses;           // between connects
    absl::Time connect_at;    // not before
    Backoff lifeline_pauses;  // between tries to make the anchor
    absl::Time lifeline_at;
    absl::Time broken_since = absl::InfiniteFuture();
  };
  struct Address {
    Backoff pauses;
    absl::Time ask_at;
  };
  struct Job {
    VolumeId id;
    Memory* memory;
    bool must;  // something is to be done whether or not the RDS answers
    bool may_connect;
  };

  absl::Time LookAtAll();
  void TellDamaged(const std::vector<DamagedRecord>& damaged);
  std::vector<Job> FindJobs(const std::vector<StagedVolume>& volumes, Links& links);
  bool Must(const Memory& memory, const StagedVolume& volume, const Link& link) const;
  std::set<std::string> FindReachable(const std::vector<StagedVolume>& volumes,
                                      const std::vector<Job>& jobs);
  void DoAll(const std::vector<Job>& jobs);
  void Do(const Job& job);
  absl::Status Act(const Job& job);
  absl::Status KeepWorking(const Job& job, StagedVolume& volume, const Link& link);
  absl::Status KeepLost(const Job& job, StagedVolume& volume, const Link& link);
  absl::Status NoteBroken(Memory& memory, StagedVolume& volume, const Link& link);
  absl::Status NoteReturn(Memory& memory, StagedVolume& volume);
  absl::Status NoteDevice(StagedVolume& volume, const Link& link);
  absl::Status ConnectAgain(const Job& job, StagedVolume& volume, const Link& link);
  absl::Time NextLook(const std::vector<StagedVolume>& volumes) const;

  const Node node_;
  VolumeLocks& locks_;
  const size_t workers_;
  Quarantine stuck_;  // volumes that a child of the keeper's own is stuck on
  std::atomic<bool> looking_ = false;
  // Below: of the one Tick that runs. A worker touches the Memory of its own volume only.
  std::map<VolumeId, Memory> memory_;
  std::map<std::string, Address> addresses_;
  std::set<std::string> damaged_told_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_KEEPER_H_
