// SPDX-License-Identifier: Apache-2.0
// What the keeper never does: connect what was given up, wait for ever, ask in a tight loop, or
// take one thing for another.
#include <mutex>
#include <set>
#include <thread>

#include "node/keeper_fixture.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// A kernel in which connects hang beyond their deadlines.
class StuckConnects final : public Exec {
 public:
  explicit StuckConnects(Exec& rest) : rest_(rest) {}
  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input,
                                 absl::Time deadline) override {
    if (argv.at(1) != "exchange" || ended_) return rest_.Run(argv, input, deadline);
    ++tries_;
    return absl::AbortedError("exchange (process 7) cannot be killed");
  }
  std::vector<int> LeftBehind() override {
    return ended_ ? std::vector<int>() : std::vector<int>{7};
  }
  void End() { ended_ = true; }
  int tries() const { return tries_; }

 private:
  Exec& rest_;
  bool ended_ = false;
  int tries_ = 0;
};

class KeeperLimitsTest : public KeeperTest {
 protected:
  void GiveUp() {
    Lose();
    TickFor(absl::Seconds(610));
    ASSERT_EQ(Record()->lifeline, Lifeline::kGivenUp);
  }
  void ComeBackFor(absl::Duration time) {
    target_->exported = true;
    TickFor(time);
  }
};

TEST_F(KeeperLimitsTest, STL_8_WhatWasGivenUpIsNotConnectedWhileItsAnchorIsLeft) {
  StageOne(/*block=*/true);
  machine_.WriteUnsynced(id_.Nqn());
  machine_.FailOn("write /sys/class/nvme/nvme1/delete_controller", EIO);
  GiveUp();
  ComeBackFor(absl::Seconds(60));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("flush"))));
  machine_.StopFailing();
  TickFor(absl::Seconds(30));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("flush"))));
  EXPECT_TRUE(Works());
}

TEST_F(KeeperLimitsTest, STL_8_NorWhileAPodStillHasItMounted) {
  StageOne();
  ASSERT_TRUE(Publish(MakePublishRequest(/*block=*/false)).ok());
  GiveUp();
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  ComeBackFor(absl::Seconds(60));
  EXPECT_THAT(Connected(), IsEmpty());
  ASSERT_TRUE(machine_.host().mounts.Unmount(kTarget, Soon()).ok());
  TickFor(absl::Seconds(30));
  EXPECT_THAT(Connected(), SizeIs(1));
}

TEST_F(KeeperLimitsTest, STL_8_NorWhileAnythingIsMountedWhereItWasStaged) {
  StageOne();
  GiveUp();
  Mount other = machine_.mounts_at(kStaging).at(0);
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  other.number = {259, 77};
  machine_.AddMount(other);
  ComeBackFor(absl::Seconds(60));
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(KeeperLimitsTest, STL_8_ADeviceThatTheRecordDoesNotNameIsNotJoined) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  machine_.HaveDelayedRemoval();
  StageOne();
  machine_.WriteUnsynced(id_.Nqn());
  StagedVolume record = *Record();
  record.device.minor += 70;
  ASSERT_TRUE(node().staged().Put(record).ok());
  machine_.LoseConnection(id_.Nqn());
  TickFor(absl::Seconds(30));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("flush"))));
}

TEST_F(KeeperLimitsTest, AConnectThatIsRefusedIsNotTriedInATightLoop) {
  StageOne();
  int connects = 0;
  machine_.SetOnEffect(
      [&](const std::string& line) { connects += line.starts_with("connect") ? 1 : 0; });
  Lose();
  TickFor(absl::Minutes(2));
  EXPECT_GT(connects, 5);
  EXPECT_LT(connects, 60);
}

TEST_F(KeeperLimitsTest, AConnectThatHangsIsKilledAndTheNextIsTried) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn("exchange", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  keeper_.Tick();
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(20));
  machine_.StopFailing();
  TickFor(absl::Seconds(30));
  EXPECT_TRUE(Works());
}

TEST_F(KeeperLimitsTest, STL_6_AConnectThatCannotBeKilledIsToldAndTheNextIsTriedWhenItEnds) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  Host host = machine_.host();
  StuckConnects exec(host.exec);
  Keeper keeper(
      {{host.files, host.mounts, exec, host.events, host.clock}, config_, reports_, quarantine_},
      locks_);
  TickFor(keeper, absl::Minutes(2));
  EXPECT_EQ(exec.tries(), 1);
  EXPECT_THAT(Told(Reason::kQuarantined), ElementsAre(testing::HasSubstr("process 7")));
  exec.End();
  TickFor(keeper, absl::Minutes(1));
  EXPECT_TRUE(Works());
}

TEST_F(KeeperLimitsTest, RecordsThatCannotBeListedAreLookedForAgainSoon) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn("list /var/lib/rds-csi", EIO);
  EXPECT_LE(keeper_.Tick(), machine_.clock().Now() + absl::Seconds(5));
  machine_.StopFailing();
  keeper_.Tick();
  EXPECT_TRUE(Works());
}

TEST_F(KeeperLimitsTest, AnAnchorWhoseToolsHangIsKilledAndTheStageGoesOn) {
  machine_.FailOn("dmsetup", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(40));
}

TEST_F(KeeperLimitsTest, STL_7_AnAnchorThatCouldNotBeMadeForAMomentIsMadeLater) {
  machine_.FailOn("dmsetup", EIO);
  StageOne(/*block=*/true);
  EXPECT_EQ(Record()->lifeline, Lifeline::kWanted);
  machine_.StopFailing();
  TickFor(absl::Seconds(30));
  EXPECT_TRUE(HasAnchor());
  EXPECT_EQ(Record()->lifeline, Lifeline::kAnchor);
}

TEST_F(KeeperLimitsTest, STL_3_AFilesystemThatCameBackUnderAnotherNumberIsStillOnItsOldDevice) {
  config_.anchor_seconds = 0;
  StageOne();
  const DeviceNumber before = Record()->device;
  machine_.LoseConnection(id_.Nqn());
  TickFor(absl::Seconds(10));
  ASSERT_THAT(Connected(), ElementsAre("/dev/nvme1n1"));
  EXPECT_EQ(Record()->device, before);
}

TEST_F(KeeperLimitsTest, STL_7_ACallThatCannotConnectDoesNotBeginThePatienceAnew) {
  StageOne();
  Lose();
  TickFor(absl::Seconds(60));
  const int64_t lost = Record()->lost_unix_seconds;
  ASSERT_NE(lost, 0);
  EXPECT_FALSE(Stage(MakeStageRequest(/*block=*/false)).ok());
  EXPECT_EQ(Record()->lost_unix_seconds, lost);
}

TEST_F(KeeperLimitsTest, EVT_1_AVolumeThatIsStagedAnewIsNotToldToHaveComeBack) {
  config_.anchor_seconds = 0;
  StageOne(/*block=*/true);
  Lose();
  TickFor(absl::Seconds(5));
  ASSERT_TRUE(Unstage().ok());
  keeper_.Tick();
  target_->exported = true;
  StageOne(/*block=*/true);
  TickFor(absl::Seconds(5));
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(KeeperLimitsTest, NoMoreThanSoManyVolumesAreWorkedOnAtOnce) {
  constexpr int kMany = 64;
  config_.anchor_seconds = 0;
  for (int i = 0; i < kMany; ++i) {
    const VolumeId id = *VolumeId::Parse(fmt::format("many-{}", i));
    machine_.Export(id.Nqn(), kVolumeSize);
    StageRequest request = MakeStageRequest(/*block=*/true);
    request.id = id;
    request.target.nqn = id.Nqn();
    request.staging_path = fmt::format("{}/plugins/staging/{}", kKubelet, i);
    ASSERT_TRUE(Stage(request).ok());
    machine_.LoseConnection(id.Nqn());
  }
  std::mutex mutex;
  std::set<std::thread::id> workers;
  machine_.SetOnEffect([&](const std::string&) {
    const std::lock_guard lock(mutex);
    workers.insert(std::this_thread::get_id());
  });
  keeper_.Tick();
  EXPECT_LE(workers.size(), Keeper::kWorkers);
}

}  // namespace
}  // namespace rds_csi
