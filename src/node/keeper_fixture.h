// SPDX-License-Identifier: Apache-2.0
// A machine with a keeper that the tests tick by hand.
#ifndef RDS_CSI_NODE_KEEPER_FIXTURE_H_
#define RDS_CSI_NODE_KEEPER_FIXTURE_H_

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "node/keeper.h"
#include "node/testing.h"

namespace rds_csi {

class KeeperTest : public AnchoredTest {
 protected:
  void StageOne(bool block = false) {
    ASSERT_TRUE(Stage(MakeStageRequest(block)).ok());
    reports_.Clear();
    machine_.ClearJournal();
  }
  // The RDS goes away, and its kernel connection with it.
  void Lose() {
    target_->exported = false;
    machine_.LoseConnection(id_.Nqn());
  }
  void TickFor(absl::Duration time) { TickFor(keeper_, time); }
  void TickFor(Keeper& keeper, absl::Duration time) {
    const absl::Time end = machine_.clock().Now() + time;
    while (machine_.clock().Now() < end) {
      const absl::Time next = keeper.Tick();
      const absl::Time soon = machine_.clock().Now() + absl::Milliseconds(200);
      machine_.clock().SleepUntil(std::min(end, std::max(next, soon)));
    }
    keeper.Tick();
  }
  void RescanBy(const std::string& controller) {
    RunIo(machine_.host().exec,
          {"write", fmt::format("/sys/class/nvme/{}/rescan_controller", controller)}, "1", Soon())
        .IgnoreError();
  }
  bool HasAnchor() { return !FindLink(machine_.host().files, id_.Nqn())->to_anchor.empty(); }
  bool Works() { return FindLink(machine_.host().files, id_.Nqn())->works(); }
  int Count(const std::string& part) {
    return static_cast<int>(std::ranges::count_if(machine_.journal(), [&](const auto& line) {
      return line.find(part) != std::string::npos;
    }));
  }

  VolumeLocks locks_;
  Keeper keeper_{node(), locks_};
};

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_KEEPER_FIXTURE_H_
