// SPDX-License-Identifier: Apache-2.0
#include "node/keeper.h"

#include <fmt/format.h>

#include <functional>
#include <stop_token>
#include <thread>

#include "node/keeper_fixture.h"
#include "nvme/anchor.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

;

TEST_F(KeeperTest, AVolumeInOrderIsLeftAlone) {
  StageOne();
  TickFor(absl::Minutes(5));
  EXPECT_THAT(machine_.journal(), IsEmpty());
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(KeeperTest, STL_7_AnAnchorThatIsMissingIsMade) {
  StageOne();
  ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
  keeper_.Tick();
  EXPECT_TRUE(HasAnchor());
  EXPECT_EQ(Record()->lifeline, Lifeline::kAnchor);
}

TEST_F(KeeperTest, Pain09_STL_7_TheConnectionComesBackAsTheSameAttachmentAndNothingIsLost) {
  StageOne();
  machine_.WriteUnsynced(id_.Nqn());
  Lose();
  TickFor(absl::Seconds(60));
  EXPECT_TRUE(machine_.HasUnsynced(id_.Nqn()));
  target_->exported = true;
  TickFor(absl::Seconds(10));
  EXPECT_TRUE(Works());
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_THAT(machine_.journal(), Contains("flush " + id_.Nqn() + " as " + identity_.nqn));
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

TEST_F(KeeperTest, EVT_1_LossAndReturnAreToldOnceEach) {
  StageOne();
  Lose();
  TickFor(absl::Seconds(60));
  target_->exported = true;
  TickFor(absl::Seconds(60));
  EXPECT_THAT(reports_.Reasons(),
              ElementsAre(Reason::kConnectionFailure, Reason::kConnectionRecovery));
  EXPECT_THAT(Told(Reason::kConnectionRecovery), ElementsAre(HasSubstr("after 1m")));
  EXPECT_EQ(reports_.All()[0].claim, (ClaimName{"shop", "orders"}));
}

TEST_F(KeeperTest, TheKernelsOwnReconnectIsWatchedAndNotDisturbed) {
  StageOne();
  machine_.SetControllerState("nvme0", "connecting");
  TickFor(absl::Minutes(60));
  EXPECT_THAT(machine_.journal(), IsEmpty());
  EXPECT_TRUE(HasAnchor());
  machine_.SetControllerState("nvme0", "live");
  keeper_.Tick();
  EXPECT_THAT(reports_.Reasons(),
              ElementsAre(Reason::kConnectionFailure, Reason::kConnectionRecovery));
}

TEST_F(KeeperTest, STL_7_WhenThePatienceRunsOutTheAnchorGoesAndIoFails) {
  StageOne();
  machine_.WriteUnsynced(id_.Nqn());
  Lose();
  TickFor(absl::Seconds(595));
  EXPECT_TRUE(HasAnchor());
  TickFor(absl::Seconds(10));
  EXPECT_FALSE(HasAnchor());
  EXPECT_THAT(Connected(), IsEmpty());
  EXPECT_THAT(machine_.journal(), Contains(StartsWith("lost pages")));
  EXPECT_THAT(Told(Reason::kPatienceExhausted), SizeIs(1));
  EXPECT_EQ(Record()->lifeline, Lifeline::kGivenUp);
}

TEST_F(KeeperTest, STL_7_ThePatienceOfAVolumeIsItsOwn) {
  StageRequest request = MakeStageRequest(/*block=*/false);
  request.target.timeouts.anchor_seconds = 20;
  ASSERT_TRUE(Stage(request).ok());
  Lose();
  TickFor(absl::Seconds(25));
  EXPECT_FALSE(HasAnchor());
}

TEST_F(KeeperTest, STL_7_ThePatienceIsCountedOverARestart) {
  StageOne();
  Lose();
  TickFor(absl::Seconds(300));
  Keeper next(node(), locks_);
  machine_.clock().Advance(absl::Seconds(301));
  next.Tick();
  EXPECT_FALSE(HasAnchor());
  EXPECT_THAT(Told(Reason::kConnectionFailure), SizeIs(1));
}

TEST_F(KeeperTest, STL_8_WhatWasGivenUpIsNotConnectedWhileItsOldMountIsLeft) {
  StageOne();
  Lose();
  TickFor(absl::Seconds(610));
  target_->exported = true;
  TickFor(absl::Seconds(60));
  EXPECT_THAT(Connected(), IsEmpty());
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  TickFor(absl::Seconds(10));
  EXPECT_THAT(Connected(), SizeIs(1));
  EXPECT_TRUE(HasAnchor());
}

TEST_F(KeeperTest, STL_3_WhatWasGivenUpIsMountedAnewWhenItIsPublished) {
  StageOne();
  Lose();
  TickFor(absl::Seconds(610));
  target_->exported = true;
  ASSERT_TRUE(Publish(MakePublishRequest(/*block=*/false)).ok());
  EXPECT_TRUE(Works());
  EXPECT_TRUE(HasAnchor());
  EXPECT_EQ(Record()->lifeline, Lifeline::kAnchor);
}

TEST_F(KeeperTest, STL_7_WithAnchorsOffTheVolumeComesBackUnderAnotherName) {
  config_.anchor_seconds = 0;
  StageOne(/*block=*/true);
  machine_.LoseConnection(id_.Nqn());
  keeper_.Tick();
  EXPECT_THAT(Connected(), ElementsAre("/dev/nvme1n1"));
  EXPECT_FALSE(HasAnchor());
  EXPECT_TRUE(Publish(MakePublishRequest(/*block=*/true)).ok());
}

TEST_F(KeeperTest, STL_7_WithoutNvmetTheKernelsOwnDelayIsUsedAndTold) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  machine_.HaveDelayedRemoval();
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  EXPECT_EQ(Record()->lifeline, Lifeline::kDelayedRemoval);
  EXPECT_EQ(machine_.ReadFile("/sys/block/nvme0n1/delayed_removal_secs"), "600\n");
  EXPECT_THAT(Told(Reason::kAnchorFailed), ElementsAre(HasSubstr("delayed_removal_secs")));
  machine_.WriteUnsynced(id_.Nqn());
  machine_.LoseConnection(id_.Nqn());
  keeper_.Tick();
  EXPECT_THAT(machine_.journal(), Contains("flush " + id_.Nqn() + " as " + identity_.nqn));
}

TEST_F(KeeperTest, STL_7_WithNeitherTheVolumeIsUsedAllTheSameAndItIsTold) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  EXPECT_EQ(Record()->lifeline, Lifeline::kRecovery);
  EXPECT_THAT(Told(Reason::kAnchorFailed), ElementsAre(HasSubstr("pods must be restarted")));
}

TEST_F(KeeperTest, AnAnchorThatCannotBeMadeIsNotTriedInATightLoop) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  StageOne();
  TickFor(absl::Minutes(60));
  EXPECT_LE(Count("replace"), 40);  // two a try
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(KeeperTest, STL_7_TheAnchorGrowsWithItsVolume) {
  StageOne(/*block=*/true);
  target_->size_bytes = 2 * kVolumeSize;
  RescanBy("nvme0");
  keeper_.Tick();
  EXPECT_EQ(Record()->size_bytes, 2 * kVolumeSize);
  RescanBy("nvme1");  // the anchor: a small one would shrink the device
  EXPECT_EQ(FindLink(machine_.host().files, id_.Nqn())->device->size_bytes, 2 * kVolumeSize);
}

TEST_F(KeeperTest, AVolumeThatACallWorksOnIsLeftForTheNextTime) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  {
    const auto lock = locks_.TryLock(id_.str(), "NodeUnstageVolume");
    TickFor(absl::Seconds(10));
    EXPECT_THAT(machine_.journal(), IsEmpty());
  }
  keeper_.Tick();
  EXPECT_TRUE(Works());
}

TEST_F(KeeperTest, STL_8_OnlyWhatIsStagedIsConnected) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  for (const StagePhase phase : {StagePhase::kStaging, StagePhase::kUnstaging}) {
    SetPhase(phase);
    TickFor(absl::Seconds(30));
    EXPECT_FALSE(Works());
  }
}

TEST_F(KeeperTest, STL_8_WhatIsLeftOfAnAttachmentThatIsOverIsTakenAway) {
  StageOne();
  SetPhase(StagePhase::kEvicting);
  keeper_.Tick();
  EXPECT_TRUE(FindLink(machine_.host().files, id_.Nqn())->empty());
  EXPECT_THAT(Told(Reason::kOrphanCleaned), ElementsAre(HasSubstr("pvc-1")));
}

TEST_F(KeeperTest, STL_8_OfAnAttachmentThatIsOverNothingIsConnectedAgain) {
  StageOne();
  SetPhase(StagePhase::kEvicting);
  TickFor(absl::Seconds(60));
  EXPECT_TRUE(FindLink(machine_.host().files, id_.Nqn())->empty());
  EXPECT_EQ(Count("connect "), 0);
}

TEST_F(KeeperTest, STL_6_AnUnmountThatWaitsIsFreedByTheConnectionAndNothingIsLost) {
  StageOne();
  machine_.WriteUnsynced(id_.Nqn());
  Lose();
  EXPECT_FALSE(Unstage().ok());
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(machine_.HasUnsynced(id_.Nqn()));
  target_->exported = true;
  TickFor(absl::Seconds(10));
  EXPECT_TRUE(Unstage().ok());
  EXPECT_THAT(machine_.journal(), Contains("flush " + id_.Nqn() + " as " + identity_.nqn));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("lost pages"))));
  EXPECT_FALSE(Record());
}

TEST_F(KeeperTest, STL_6_StagedAgainMeanwhileNothingIsLostEither) {
  StageOne();
  machine_.WriteUnsynced(id_.Nqn());
  Lose();
  EXPECT_FALSE(Unstage().ok());
  EXPECT_EQ(Stage(MakeStageRequest(/*block=*/false)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(machine_.HasUnsynced(id_.Nqn()));
  target_->exported = true;
  machine_.FailOn("probe", EBUSY);  // the old superblock still has the device
  EXPECT_FALSE(Stage(MakeStageRequest(/*block=*/false)).ok());
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  machine_.StopFailing();
  EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("lost pages"))));
}

TEST_F(KeeperTest, STL_6_AnUnmountThatWaitsIsFreedByTheEndOfThePatience) {
  StageOne();
  Lose();
  EXPECT_FALSE(Unstage().ok());
  TickFor(absl::Seconds(610));
  EXPECT_TRUE(Unstage().ok());
  EXPECT_FALSE(Record());
}

TEST_F(KeeperTest, STL_7_ANamespaceWithAnotherIdentityIsNeverJoined) {
  StageOne();
  machine_.WriteUnsynced(id_.Nqn());
  Lose();
  target_->uuid = "00000000-0000-4000-8000-0123456789ab";
  target_->exported = true;
  TickFor(absl::Seconds(60));
  EXPECT_TRUE(machine_.HasUnsynced(id_.Nqn()));
  EXPECT_EQ(Record()->lifeline, Lifeline::kAnchor);
  TickFor(absl::Seconds(600));
  EXPECT_EQ(Record()->lifeline, Lifeline::kGivenUp);
  ASSERT_TRUE(Publish(MakePublishRequest(/*block=*/false)).ok());
  EXPECT_TRUE(Works());
}

// The controller is live, but the kernel did not join its namespace to the device.
TEST_F(KeeperTest, STL_7_AConnectionThatLeadsElsewhereIsNoConnection) {
  StageOne();
  target_->has_namespace = false;
  RescanBy("nvme0");
  target_->has_namespace = true;
  target_->uuid = "00000000-0000-4000-8000-0123456789ab";
  RescanBy("nvme0");
  machine_.ClearJournal();
  TickFor(absl::Seconds(60));
  EXPECT_EQ(Count("rescan_controller"), 0) << "only the end of the device helps";
  TickFor(absl::Seconds(600));
  EXPECT_EQ(Record()->lifeline, Lifeline::kGivenUp);
  ASSERT_TRUE(Publish(MakePublishRequest(/*block=*/false)).ok());
  EXPECT_TRUE(Works());
}

class ManyVolumesTest : public KeeperTest {
 protected:
  static constexpr int kMany = 200;
  void StageMany() {
    for (int i = 0; i < kMany; ++i) {
      const VolumeId id = *VolumeId::Parse(fmt::format("many-{}", i));
      machine_.Export(id.Nqn(), kVolumeSize);
      StageRequest request = MakeStageRequest(/*block=*/true);
      request.id = id;
      request.target.nqn = id.Nqn();
      request.target.timeouts.anchor_seconds = 0;
      request.staging_path = fmt::format("{}/plugins/staging/{}", kKubelet, i);
      ASSERT_TRUE(Stage(request).ok());
      ids_.push_back(id);
    }
    machine_.ClearJournal();
  }
  void LoseAll() {
    for (const VolumeId& id : ids_) machine_.LoseConnection(id.Nqn());
  }
  std::vector<VolumeId> ids_;
};

TEST_F(ManyVolumesTest, AnRdsThatIsDownIsAskedOncePerRoundForAllItsVolumes) {
  StageMany();
  LoseAll();
  machine_.FailOn("reach", ETIMEDOUT);  // swallows packets: each question takes its whole time
  const absl::Time start = machine_.clock().Now();
  keeper_.Tick();
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(5));
}

TEST_F(ManyVolumesTest, AnRdsThatDidNotAnswerIsNotAskedAgainAtOnce) {
  StageMany();
  LoseAll();
  machine_.FailOn("reach", ETIMEDOUT);
  keeper_.Tick();
  const absl::Time after = machine_.clock().Now();
  keeper_.Tick();
  EXPECT_EQ(machine_.clock().Now(), after);
}

TEST_F(ManyVolumesTest, AllComeBackWhenTheRdsDoes) {
  StageMany();
  LoseAll();
  keeper_.Tick();
  for (const VolumeId& id : ids_) EXPECT_THAT(machine_.DevicesOf(id.Nqn()), SizeIs(1));
  EXPECT_EQ(Told(Reason::kConnectionRecovery).size(), ids_.size());
}

TEST_F(KeeperTest, TwoTicksNeverRunAtOnce) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  int connects = 0;
  machine_.SetOnEffect([&](const std::string& line) {
    if (!line.starts_with("connect")) return;
    ++connects;
    const absl::Time now = machine_.clock().Now();
    EXPECT_LT(keeper_.Tick(), now + absl::Seconds(1)) << "while the first is at work";
  });
  keeper_.Tick();
  EXPECT_EQ(connects, 1);
}

TEST_F(KeeperTest, ADamagedRecordIsToldOnceAndHidesNoOther) {
  StageOne();
  machine_.AddFile("/var/lib/rds-csi/staged/pvc-2.json", "{");
  machine_.LoseConnection(id_.Nqn());
  TickFor(absl::Minutes(3));
  EXPECT_TRUE(Works());
  EXPECT_THAT(Told(Reason::kQuarantined), ElementsAre(HasSubstr("pvc-2.json")));
}

// The events of a kernel where nothing happens.
class Silence final : public Events {
 public:
  explicit Silence(std::function<void(absl::Time)> wait) : wait_(std::move(wait)) {}
  uint64_t Count() override { return 0; }
  void Wait(uint64_t, absl::Time deadline) override { wait_(deadline); }

 private:
  std::function<void(absl::Time)> wait_;
};

TEST_F(KeeperTest, WhileAllIsInOrderItSleepsForHalfAMinute) {
  StageOne();
  std::stop_source stop;
  absl::Duration asleep;
  Host host = machine_.host();
  Silence events([&](absl::Time until) {
    asleep = until - host.clock.Now();
    stop.request_stop();
  });
  Keeper({{host.files, host.mounts, host.exec, events, host.clock}, config_, reports_, quarantine_},
         locks_)
      .Run(stop.get_token());
  EXPECT_GT(asleep, absl::Seconds(25));
  EXPECT_LE(asleep, absl::Seconds(30));
}

TEST_F(KeeperTest, ItRunsUntilItIsStopped) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  {
    std::jthread keeping([this](const std::stop_token& stop) { keeper_.Run(stop); });
    for (int i = 0; i < 10'000 && !Works(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  EXPECT_TRUE(Works());
}

}  // namespace
}  // namespace rds_csi
