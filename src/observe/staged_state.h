// SPDX-License-Identifier: Apache-2.0
// How a staged volume stands, in the few words that metrics and conditions share. Whoever keeps the
// volumes of a node fills it in.
#ifndef RDS_CSI_OBSERVE_STAGED_STATE_H_
#define RDS_CSI_OBSERVE_STAGED_STATE_H_

#include <string>
#include <string_view>
#include <vector>

namespace rds_csi {

// The connection to the RDS, as the kernel sees it.
enum class LinkState {
  kLive,
  kConnecting,  // broken, and the kernel tries to bring it back
  kLost,        // the kernel has given it up
};

// What the volume has when its connection is given up (STL-7).
enum class Survival {
  kAnchor,          // the device stays, and I/O waits
  kDelayedRemoval,  // the same for as long as the kernel's delayed_removal_secs say
  kRecovery,        // I/O fails; the volume is mounted anew when it is next published
};

const std::vector<LinkState>& AllLinkStates();
const std::vector<Survival>& AllSurvivals();

// "live", "connecting", "lost".
std::string_view NameOf(LinkState link);

// "anchor", "delayed_removal", "recovery".
std::string_view NameOf(Survival survival);

struct StagedState {
  std::string volume_id;
  LinkState link = LinkState::kLive;
  Survival survives_by = Survival::kRecovery;
  bool quarantined = false;  // a program that touches it cannot be killed
};

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_STAGED_STATE_H_
