// SPDX-License-Identifier: Apache-2.0
// What must hold of one volume at every moment, whoever was killed where. What is broken is told to
// the site.
#ifndef RDS_CSI_TESTS_WORLD_INVARIANTS_H_
#define RDS_CSI_TESTS_WORLD_INVARIANTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "claim.h"
#include "host/mounts.h"
#include "model/ledger.h"
#include "rds/transport.h"

namespace rds_csi::world {

class Site;

class Invariants {
 public:
  Invariants(Site& site, const Claim& claim) : site_(site), claim_(claim) {}  // which outlive this

  // The RDS exports a volume that is attached to nobody to nobody, and any other to exactly those
  // that its ledger names: one, or two that both share it. No more machines than that have a
  // session. No attachment ever has the number of an earlier one, none is taken away that nobody
  // let go, and no volume goes while it is attached.
  void CheckRds();

  // A person has changed the volume on the RDS, or has mended it: in between what the RDS shows of
  // it is nobody's fault.
  void Excuse(bool excused);
  bool IsExcused() const { return excused_; }

  // No mount is stacked on another, and every session is one that the RDS admits.
  void CheckMachine(int worker);

  // What is about to be done may be done:
  //   mkfs      on a blank device, or over an mkfs of the same attachment that was not seen to
  //             succeed, and never once it was mounted
  //   delete    of a connection to the RDS that nobody uses, or of an older attachment
  //   removal   of nothing that lies inside of a mounted volume
  void CheckAct(int worker, const std::string& line);

  // CheckRds and CheckMachine of all; and nothing that was written got lost while its attachment
  // held, and no pages of one attachment were written by another.
  void CheckAll();

  // What the machine had not written until now is lost, and that is nobody's fault: it has lost its
  // power, or the device is gone because there was no connection for too long.
  void ForgetPages(int worker);

 private:
  void CheckGone();
  void CheckWriters();
  void CheckAttachments(const Ledger& ledger);
  void CheckFormat(int worker, const std::string& line);
  void CheckDisconnect(int worker, const std::string& line);
  void CheckRemoval(int worker, const std::string& line);
  void CheckPages(int worker);
  bool IsWantedAt(const NodeId& node);
  bool IsItsDevice(int worker, const std::string& path) const;
  std::string DeviceUserAt(int worker);

  Site& site_;
  const Claim& claim_;
  bool excused_ = false;
  std::string file_;  // of the volume; another one is another volume
  std::vector<Attachment> attached_;
  std::set<int64_t> detached_;          // generations
  std::string formatted_by_;            // host NQN of an mkfs that may be unfinished
  std::map<int, size_t> journal_seen_;  // by worker: so many lines
};

// As it must where two attachments share a volume and RouterOS takes one name only: then whoever
// was attached before can come back (docs/safety.md, "What is not promised").
bool AdmitsEverybody(const RosRecord& row);

// Whether the RDS admits this host to the volume now.
bool IsAdmitted(Site& site, const Claim& claim, const std::string& host_nqn);

// And whether it belongs to an attachment that there is: with two of them, where RouterOS takes one
// name only, it admits everybody.
bool IsAttached(Site& site, const Claim& claim, const std::string& host_nqn);

// What is wrong with a call's answer in itself: it would leave its caller in the dark. Empty:
// nothing.
std::string WrongWith(const absl::Status& answer);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_INVARIANTS_H_
