// SPDX-License-Identifier: Apache-2.0
#include "observe/staged_state.h"

namespace rds_csi {

const std::vector<LinkState>& AllLinkStates() {
  static const auto* const kAll =
      new std::vector<LinkState>{LinkState::kLive, LinkState::kConnecting, LinkState::kLost};
  return *kAll;
}

const std::vector<Survival>& AllSurvivals() {
  static const auto* const kAll =
      new std::vector<Survival>{Survival::kAnchor, Survival::kDelayedRemoval, Survival::kRecovery};
  return *kAll;
}

std::string_view NameOf(LinkState link) {
  switch (link) {
    case LinkState::kLive:
      return "live";
    case LinkState::kConnecting:
      return "connecting";
    case LinkState::kLost:
      return "lost";
  }
  return "lost";
}

std::string_view NameOf(Survival survival) {
  switch (survival) {
    case Survival::kAnchor:
      return "anchor";
    case Survival::kDelayedRemoval:
      return "delayed_removal";
    case Survival::kRecovery:
      return "recovery";
  }
  return "recovery";
}

}  // namespace rds_csi
