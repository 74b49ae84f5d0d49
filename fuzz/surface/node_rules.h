// SPDX-License-Identifier: Apache-2.0
// What must hold of a machine, whatever the node plugin is asked for and whatever goes wrong.
#ifndef RDS_CSI_FUZZ_SURFACE_NODE_RULES_H_
#define RDS_CSI_FUZZ_SURFACE_NODE_RULES_H_

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/surface/ask.h"
#include "host/fake_host.h"

namespace rds_csi::surface {

class NodeRules {
 public:
  // `machine` outlives this; `volumes`: their ids.
  NodeRules(FakeHost& machine, std::vector<std::string> volumes);

  // A call, or a round of the keeper, begins; an act of its will fail.
  void NoteCall(const Message& request);
  void NoteRound() { made_.clear(); }
  void NoteFault(std::string_view act);

  // The machine is about to be changed, by this line of its journal.
  //   mkfs         only on a blank device, or where the same attachment has begun one before, which
  //                was never mounted
  //   disconnect   nothing that is mounted and that the RDS admits, but to stage another
  //                attachment, or where that was begun, where the search for its users failed
  //                (USE-3), or what was connected just now and proved to be of no use
  //   paths        below kubelet's directory, the plugin's own and nvmet, and through no link
  void CheckEffect(const std::string& line);

  // What was granted is so, what was refused as invalid has changed nothing, and no page of one
  // attachment was ever written by another (STL-8).
  void CheckAfter(const Asked& asked, size_t journal_before);

 private:
  void CheckFormat(const std::string& device);
  void CheckDisconnect(const std::string& controller);
  bool IsOver(const std::string& nqn);  // the attachment that the machine has a record of
  std::string VolumeAt(const std::string& device) const;  // its NQN
  void CheckStaged(const csi::v1::NodeStageVolumeRequest& request);

  FakeHost& machine_;
  std::vector<std::string> nqns_;
  std::string staged_as_;       // the host NQN of a NodeStageVolume that is going on
  bool is_blind_ = false;       // the search for users fails
  std::set<std::string> made_;  // the NQNs that were connected since the call or round began
  std::mutex mutex_;            // the keeper works with several threads
  std::map<std::string, std::string> began_by_;  // host NQN of an mkfs, by NQN
};

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_NODE_RULES_H_
