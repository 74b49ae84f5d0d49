// SPDX-License-Identifier: Apache-2.0
// STL-8 as a story: what an old mount holds never reaches a volume that was attached anew. And what
// a plugin that dies in the middle of a call leaves for the next one.
#include <functional>
#include <utility>

#include "node/keeper.h"
#include "node/testing.h"
#include "nvme/anchor.h"
#include "nvme/link.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class AttachmentsTest : public AnchoredTest, public testing::WithParamInterface<bool> {
 protected:
  // Staged, written to, and cut off: the volume belongs to a later attachment now.
  void Fence() {
    ASSERT_TRUE(Stage(MakeStageRequest(GetParam())).ok());
    ASSERT_TRUE(Publish(MakePublishRequest(GetParam())).ok());
    machine_.WriteUnsynced(id_.Nqn());
    target_->hosts = {LaterIdentity().nqn};
    machine_.LoseConnection(id_.Nqn());
    ASSERT_TRUE(machine_.HasUnsynced(id_.Nqn()));
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, AttachmentsTest, testing::Bool(),
                         [](const auto& block) { return block.param ? "Block" : "Filesystem"; });

TEST_P(AttachmentsTest, Pain06_STL_8_PagesOfAnOlderAttachmentNeverReachALaterOne) {
  Fence();
  ASSERT_TRUE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
  EXPECT_THAT(machine_.journal(), Contains("lost pages " + id_.Nqn() + " of " + identity_.nqn));
  EXPECT_EQ(Record()->host, LaterIdentity());
}

// Deleted while the node could not let it go, and made anew under its name: the first attachment
// again, and of another volume.
TEST_P(AttachmentsTest, STL_8_ATT_12_PagesOfADeletedVolumeNeverReachItsSuccessor) {
  Fence();
  StageRequest anew = MakeStageRequest(GetParam());
  anew.target.host = Identity(1, /*incarnation=*/"5e6f7081");
  target_->hosts = {anew.target.host->nqn};
  ASSERT_TRUE(Stage(anew).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
  EXPECT_THAT(machine_.journal(), Contains("lost pages " + id_.Nqn() + " of " + identity_.nqn));
  EXPECT_EQ(Record()->host, anew.target.host);
}

TEST_P(AttachmentsTest, STL_8_AFencedNodeDoesNotConnectForALaterAttachmentByItself) {
  Fence();
  VolumeLocks locks;
  Keeper keeper(node(), locks);
  for (int i = 0; i < 100; ++i) {
    keeper.Tick();
    machine_.clock().Advance(absl::Seconds(1));
  }
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
  EXPECT_THAT(machine_.journal(), Not(Contains(HasSubstr(LaterIdentity().nqn))));
}

TEST_P(AttachmentsTest, STL_8_ALiveConnectionOfAnOlderAttachmentGoesToo) {
  ASSERT_TRUE(Stage(MakeStageRequest(GetParam())).ok());
  target_->hosts = {LaterIdentity().nqn};
  ASSERT_TRUE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(Connected(), SizeIs(1));
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

// The kernel lets it go when its time is over and not before, whatever is written there.
TEST_P(AttachmentsTest, STL_8_ADeviceThatTheKernelKeepsForAWhileIsNotJoined) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  machine_.HaveDelayedRemoval();
  Fence();
  EXPECT_EQ(Stage(MakeLaterRequest(GetParam())).code(), absl::StatusCode::kDeadlineExceeded);
  machine_.clock().Advance(absl::Seconds(600));
  EXPECT_TRUE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

TEST_P(AttachmentsTest, STL_8_ADeviceThatNobodyCanTellWhoseItIsIsNotJoined) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  machine_.HaveDelayedRemoval();
  Fence();
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  EXPECT_FALSE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

// The record vouches for the device it names, and for no other.
TEST_P(AttachmentsTest, STL_8_ADeviceOfAnotherNumberThanTheRecordedIsNotJoined) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  machine_.HaveDelayedRemoval();
  ASSERT_TRUE(Stage(MakeStageRequest(GetParam())).ok());
  machine_.WriteUnsynced(id_.Nqn());
  machine_.LoseConnection(id_.Nqn());
  StagedVolume record = *Record();
  record.device.minor += 70;
  ASSERT_TRUE(node().staged().Put(record).ok());
  EXPECT_FALSE(Stage(MakeStageRequest(GetParam())).ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("flush"))));
}

TEST_P(AttachmentsTest, STL_8_WithoutItsRecordAnOlderAttachmentIsTakenAwayAsWell) {
  Fence();
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  ASSERT_TRUE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

TEST_P(AttachmentsTest, STL_8_AnAnchorThatCannotBeTakenAwayStopsTheCall) {
  Fence();
  machine_.FailOn("write /sys/class/nvme/nvme1/delete_controller", EIO);
  EXPECT_FALSE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
  EXPECT_TRUE(machine_.HasUnsynced(id_.Nqn()));
  machine_.StopFailing();
  EXPECT_TRUE(Stage(MakeLaterRequest(GetParam())).ok());
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

class OldMountsTest : public AnchoredTest {
 protected:
  OldMountsTest() {
    EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
    EXPECT_TRUE(Publish(MakePublishRequest(/*block=*/false)).ok());
    target_->hosts = {LaterIdentity().nqn};
    machine_.LoseConnection(id_.Nqn());
  }
};

TEST_F(OldMountsTest, STL_8_MountsOfAnOlderAttachmentAreTakenOffEverywhere) {
  ASSERT_TRUE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(OldMountsTest, STL_8_AlsoWhereNoRecordKnowsThem) {
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  ASSERT_TRUE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(OldMountsTest, STL_8_NoMountOfAnythingElseIsTakenOff) {
  machine_.AddMount("/var/lib/kubelet/pods/1/volumes/secret", {0, 77}, "tmpfs", "tmpfs");
  ASSERT_TRUE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_THAT(machine_.mounts_at("/var/lib/kubelet/pods/1/volumes/secret"), SizeIs(1));
}

// So that the edge learns that a program is stuck (STL-6).
TEST_F(OldMountsTest, STL_8_AnUnmountThatHangsIsSaidToHang) {
  machine_.FailOn(std::string("unmount ") + kTarget, ETIMEDOUT);
  EXPECT_EQ(Stage(MakeLaterRequest(/*block=*/false)).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(OldMountsTest, STL_8_AMountThatAppearsMeanwhileStopsTheCall) {
  Mount late = machine_.mounts_at(kTarget).at(0);
  late.target = kOtherTarget;
  bool appeared = false;
  machine_.SetOnEffect([&](const std::string& line) {
    if (!line.starts_with("unmount") || std::exchange(appeared, true)) return;
    machine_.AddMount(late);
  });
  const absl::Status status = Stage(MakeLaterRequest(/*block=*/false));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr(kOtherTarget));
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(OldMountsTest, STL_8_AMountThatCannotBeTakenOffStopsTheCallAndIsNamed) {
  machine_.FailOn(std::string("unmount ") + kTarget, EBUSY);
  const absl::Status status = Stage(MakeLaterRequest(/*block=*/false));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr(kTarget));
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(OldMountsTest, STL_8_ItIsSoAtTheNextCallToo) {
  machine_.FailOn(std::string("unmount ") + kTarget, EBUSY);
  EXPECT_FALSE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_FALSE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(OldMountsTest, STL_8_TheKeeperDoesNotBringTheOlderAttachmentBackMeanwhile) {
  machine_.FailOn(std::string("unmount ") + kTarget, EBUSY);
  EXPECT_FALSE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  target_->hosts.clear();
  VolumeLocks locks;
  Keeper(node(), locks).Tick();
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(OldMountsTest, AnotherVolumesMountWithAReusedNumberIsNotTouched) {
  const std::string other = "nqn.2000-02.com.mikrotik:pvc-2";
  machine_.Export(other, kVolumeSize);
  ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
  machine_.SetNextInstance(0);  // the number of the old device
  machine_.ConnectAs(other, "h");
  EXPECT_TRUE(machine_.host().mounts.Unmount(kTarget, Soon()).ok());
  EXPECT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  machine_.AddMount("/var/lib/kubelet/other", {259, 0}, "ext4", "/dev/nvme0n1");
  ASSERT_TRUE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_THAT(machine_.mounts_at("/var/lib/kubelet/other"), SizeIs(1));
}

// --- cut off after each effect ---

// A machine whose plugin can be made to die: from the n-th effect on, everything fails.
class World : public AnchoredTest {
 public:
  using AnchoredTest::id_;
  using AnchoredTest::LaterIdentity;
  using AnchoredTest::machine_;
  using AnchoredTest::MakeLaterRequest;
  using AnchoredTest::MakePublishRequest;
  using AnchoredTest::MakeStageRequest;
  using AnchoredTest::node;
  using AnchoredTest::Publish;
  using AnchoredTest::Record;
  using AnchoredTest::Stage;
  using AnchoredTest::target_;
  using AnchoredTest::Unstage;

  void TestBody() override {}

  void CutAfter(int effects) {
    left_ = effects;
    machine_.SetOnEffect([this](const std::string&) {
      if (left_-- > 0) return;
      was_cut_ = true;
      for (const char* effect :
           {"replace ", "create ", "mkdir ", "unlink ", "rmdir ", "symlink ", "write ", "connect ",
            "mount ", "unmount ", "bind ", "mkfs", "e2fsck", "dmsetup", "readonly "}) {
        machine_.FailOn(effect, EIO);
      }
    });
  }
  void GoOn() {
    machine_.SetOnEffect({});
    machine_.StopFailing();
  }
  bool was_cut() const { return was_cut_; }
  void Fence() {
    machine_.WriteUnsynced(id_.Nqn());
    target_->hosts = {LaterIdentity().nqn};
    machine_.LoseConnection(id_.Nqn());
  }
  Link link() { return *FindLink(machine_.host().files, id_.Nqn()); }
  void ExpectNothingLeft() {
    EXPECT_TRUE(link().empty());
    EXPECT_THAT(machine_.MappedDevices(), IsEmpty());
    EXPECT_THAT(*FindAnchors(machine_.host().files), IsEmpty());
    EXPECT_FALSE(Record());
    EXPECT_EQ(machine_.mount_count(), 0u);
  }

 private:
  bool was_cut_ = false;
  int left_ = 0;
};

// Runs `run` in a new world for each number of effects, until it is no longer cut off.
void ForEachCut(const std::function<void(World&, int)>& run) {
  for (int cut = 0; cut < 200; ++cut) {
    World world;
    run(world, cut);
    if (!world.was_cut()) return;
  }
  FAIL() << "it never got through";
}

TEST(CutOffTest, STL_7_AStageThatWasCutOffAnywhereIsFinishedByItsRetry) {
  for (const bool block : {false, true}) {
    ForEachCut([block](World& world, int cut) {
      world.CutAfter(cut);
      world.Stage(world.MakeStageRequest(block)).IgnoreError();
      world.GoOn();
      ASSERT_TRUE(world.Stage(world.MakeStageRequest(block)).ok()) << cut;
      EXPECT_EQ(world.Record()->phase, StagePhase::kStaged) << cut;
      EXPECT_EQ(world.Record()->lifeline, Lifeline::kAnchor) << cut;
      EXPECT_FALSE(world.link().to_anchor.empty()) << cut;
      ASSERT_TRUE(world.Unstage().ok()) << cut;
      world.ExpectNothingLeft();
    });
  }
}

TEST(CutOffTest, STL_7_AStageThatWasCutOffAnywhereIsUndoneByUnstage) {
  for (const bool block : {false, true}) {
    ForEachCut([block](World& world, int cut) {
      world.CutAfter(cut);
      world.Stage(world.MakeStageRequest(block)).IgnoreError();
      world.GoOn();
      ASSERT_TRUE(world.Unstage().ok()) << cut;
      world.ExpectNothingLeft();
    });
  }
}

TEST(CutOffTest, STL_7_AnUnstageThatWasCutOffAnywhereIsFinishedByItsRetry) {
  for (const bool block : {false, true}) {
    ForEachCut([block](World& world, int cut) {
      ASSERT_TRUE(world.Stage(world.MakeStageRequest(block)).ok());
      world.CutAfter(cut);
      world.Unstage().IgnoreError();
      world.GoOn();
      ASSERT_TRUE(world.Unstage().ok()) << cut;
      world.ExpectNothingLeft();
    });
  }
}

TEST(CutOffTest, STL_8_ATakeOverThatWasCutOffAnywhereFlushesNothing) {
  for (const bool block : {false, true}) {
    ForEachCut([block](World& world, int cut) {
      ASSERT_TRUE(world.Stage(world.MakeStageRequest(block)).ok());
      world.Fence();
      world.CutAfter(cut);
      world.Stage(world.MakeLaterRequest(block)).IgnoreError();
      world.GoOn();
      EXPECT_THAT(world.machine_.WrongFlushes(), IsEmpty()) << cut;
      ASSERT_TRUE(world.Stage(world.MakeLaterRequest(block)).ok()) << cut;
      EXPECT_THAT(world.machine_.WrongFlushes(), IsEmpty()) << cut;
    });
  }
}

// The pod that is to end first waits for its I/O, and so nobody may ask for the volume again.
TEST(CutOffTest, STL_7_NoIoWaitsForEverAfterATakeOverThatWasCutOffAnywhere) {
  for (const bool block : {false, true}) {
    ForEachCut([block](World& world, int cut) {
      ASSERT_TRUE(world.Stage(world.MakeStageRequest(block)).ok());
      ASSERT_TRUE(world.Publish(world.MakePublishRequest(block)).ok());
      world.Fence();
      world.CutAfter(cut);
      world.Stage(world.MakeLaterRequest(block)).IgnoreError();
      world.GoOn();
      VolumeLocks locks;
      Keeper keeper(world.node(), locks);
      const absl::Time end = world.machine_.clock().Now() + absl::Seconds(610);  // its patience
      while (world.machine_.clock().Now() < end) {
        keeper.Tick();
        world.machine_.clock().Advance(absl::Seconds(10));
      }
      keeper.Tick();
      EXPECT_TRUE(world.link().empty() || world.link().works()) << cut;
      EXPECT_THAT(world.machine_.WrongFlushes(), IsEmpty()) << cut;
    });
  }
}

TEST(CutOffTest, STL_7_AKeeperThatWasCutOffAnywhereGoesOn) {
  ForEachCut([](World& world, int cut) {
    ASSERT_TRUE(world.Stage(world.MakeStageRequest(/*block=*/false)).ok());
    world.machine_.WriteUnsynced(world.id_.Nqn());
    world.machine_.LoseConnection(world.id_.Nqn());
    VolumeLocks locks;
    world.CutAfter(cut);
    Keeper(world.node(), locks).Tick();
    world.GoOn();
    Keeper next(world.node(), locks);
    for (int i = 0; i < 20; ++i) {
      next.Tick();
      world.machine_.clock().Advance(absl::Seconds(1));
    }
    EXPECT_TRUE(world.link().works()) << cut;
    EXPECT_THAT(world.machine_.WrongFlushes(), IsEmpty()) << cut;
    EXPECT_THAT(world.machine_.journal(), Not(Contains(StartsWith("lost pages")))) << cut;
  });
}

}  // namespace
}  // namespace rds_csi
