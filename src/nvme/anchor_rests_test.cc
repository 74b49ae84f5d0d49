// SPDX-License-Identifier: Apache-2.0
// Anchors beside what is there already: rests of another one, and things that somebody else made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "nvme/anchor_fixture.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class AnchorRestsTest : public AnchorTest {
 protected:
  // An anchor for `device` that was cut off before it was connected.
  void LeaveRestsFor(const NvmeNamespace& device) {
    machine_.FailOn("connect ", EIO);
    machine_.FailOn("unlink ", EIO);
    ASSERT_FALSE(MakeAnchor(machine_.host(), kNqn, identity_, device, Soon()).ok());
    machine_.StopFailing();
    machine_.ClearJournal();
  }
  void LeaveDeviceOnly() {
    machine_.FailOn("mkdir ", EIO);
    machine_.FailOn("dmsetup remove", EBUSY);
    ASSERT_FALSE(Make().ok());
    ASSERT_THAT(machine_.MappedDevices(), SizeIs(1));
    machine_.StopFailing();
    machine_.ClearJournal();
  }
  void MakeForeignPort() {
    ASSERT_TRUE(files().MakeDirectories(kPort, 0755).ok());
    ASSERT_TRUE(files().Write(std::string(kPort) + "/addr_traddr", "10.0.0.5").ok());
  }
};

TEST_F(AnchorRestsTest, RestsForAnotherNamespaceAreNoStart) {
  NvmeNamespace other = Device();
  other.nsid = 7;
  LeaveRestsFor(other);
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(NvmetFolder(std::string("subsystems/") + kNqn + "/namespaces"), ElementsAre("1"));
}

TEST_F(AnchorRestsTest, NorAreThoseOfAnotherIdentity) {
  NvmeNamespace other = Device();
  other.uuid = "99999999-0000-4000-8000-000000000000";
  LeaveRestsFor(other);
  ASSERT_TRUE(Make().ok());
  EXPECT_TRUE(HasAnchorPath());
  ASSERT_TRUE(Remove().ok());
  other = Device();
  other.nguid = "99999999-0000-4000-8000-000000000000";
  LeaveRestsFor(other);
  ASSERT_TRUE(Make().ok());
  EXPECT_TRUE(HasAnchorPath());
}

TEST_F(AnchorRestsTest, ADeviceThatWasLeftSuspendedIsResumed) {
  LeaveRestsFor(Device());
  machine_.AddFile("/sys/block/dm-0/dm/suspended", "1\n");
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(machine_.journal(), Contains(StartsWith("dmsetup resume")));
}

TEST_F(AnchorRestsTest, STL_7_TheHeadIsNeverShrunkByRestsOfAnotherSize) {
  LeaveRestsFor(Device());
  machine_.target(kNqn).size_bytes = 2 * kSize;
  machine_.AnnounceSize(kNqn);
  machine_.SetOnEffect(
      [this](const std::string& line) { EXPECT_EQ(Device().size_bytes, 2 * kSize) << line; });
  EXPECT_TRUE(Make().ok());
}

// Our device alone says little about a subsystem of that name: it is ours only as a crash leaves
// it.
class ForeignUseTest : public AnchorRestsTest, public testing::WithParamInterface<const char*> {
 protected:
  void Use(const std::string& by) {
    const std::string folder = kSubsystem;
    const std::string host = "/sys/kernel/config/nvmet/hosts/h";
    ASSERT_TRUE(files().MakeDirectories(folder, 0755).ok());
    if (by == "Namespace") {
      ASSERT_TRUE(files().MakeDirectories(folder + "/namespaces/1", 0755).ok());
    } else if (by == "AnyHost") {
      ASSERT_TRUE(files().Write(folder + "/attr_allow_any_host", "1").ok());
    } else if (by == "Host") {
      ASSERT_TRUE(files().MakeDirectories(host, 0755).ok());
      ASSERT_TRUE(files().CreateSymbolicLink(folder + "/allowed_hosts/h", host).ok());
    } else {
      MakeForeignPort();
      for (const char* attribute : {"/addr_trtype", "/addr_trsvcid"}) {
        ASSERT_TRUE(files().Write(std::string(kPort) + attribute, "1").ok());
      }
      const std::string link = std::string(kPort) + "/subsystems/" + kNqn;
      ASSERT_TRUE(files().CreateSymbolicLink(link, folder).ok());
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Of, ForeignUseTest,
                         testing::Values("Namespace", "AnyHost", "Host", "Port"),
                         [](const auto& use) { return std::string(use.param); });

TEST_P(ForeignUseTest, ASubsystemIsLeftAloneEvenBesideOurDevice) {
  LeaveDeviceOnly();
  Use(GetParam());
  machine_.ClearJournal();
  EXPECT_EQ(Make().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Remove().ok());
  EXPECT_THAT(machine_.journal(), Each(StartsWith("dmsetup")));
  EXPECT_TRUE(files().Stat(kSubsystem).ok());
}

TEST_F(AnchorRestsTest, APortThatSomebodyElseMadeMeanwhileIsLeftAlone) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (line.find("/subsystems/") == std::string::npos) return;
    machine_.SetOnEffect(nullptr);
    MakeForeignPort();
  });
  EXPECT_EQ(Make().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(machine_.ReadFile(std::string(kPort) + "/addr_traddr"), "10.0.0.5\n");
  EXPECT_EQ(machine_.ReadFile(std::string(kPort) + "/ana_groups/1/ana_state"), "optimized\n");
}

TEST_F(AnchorRestsTest, RemovingTakesNoPortOfSomebodyElse) {
  machine_.FailOn(std::string("mkdir ") + kPort, EIO);
  machine_.FailOn("unlink ", EIO);
  ASSERT_FALSE(Make().ok());
  machine_.StopFailing();
  MakeForeignPort();
  ASSERT_TRUE(Remove().ok());
  EXPECT_TRUE(files().Stat(kPort).ok());
  EXPECT_FALSE(files().Stat(kSubsystem).ok());
}

TEST_F(AnchorRestsTest, MappedDevicesOfOthersAreNoAnchors) {
  machine_.AddFile("/sys/block/dm-9/dm/name", "vg-root\n");
  machine_.AddFile("/sys/block/dm-9/dm/uuid", "\n");
  EXPECT_THAT(*FindAnchors(files()), IsEmpty());
}

// --- what the kernel is asked for, and what it must not make of it ---

TEST_F(AnchorRestsTest, STL_7_TheKernelNeverGivesAnAnchorUp) {
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(machine_.journal(),
              Contains(AllOf(StartsWith("connect "), HasSubstr("ctrl_loss_tmo=-1"))));
}

TEST_F(AnchorRestsTest, ItsControllerIdsAreFarFromThoseOfTheRds) {
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(machine_.ReadFile(std::string(kSubsystem) + "/attr_cntlid_min"), "61000\n");
  EXPECT_EQ(machine_.ReadFile(std::string(kSubsystem) + "/attr_cntlid_max"), "61999\n");
}

TEST_F(AnchorRestsTest, STL_7_AnAnchorThatIsNotInaccessibleIsTakenAwayAtOnce) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (!line.starts_with("connect ")) return;
    machine_.SetOnEffect(nullptr);
    ASSERT_TRUE(files().Write(std::string(kPort) + "/ana_groups/1/ana_state", "optimized").ok());
  });
  const absl::Time start = machine_.clock().Now();
  EXPECT_EQ(Make().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_LT(machine_.clock().Now() - start, absl::Seconds(5));
  ExpectNoTraceOfAnchors();
}

TEST_F(AnchorRestsTest, STL_7_AnAnchorWhoseConnectFailedIsKeptWhileTheRdsIsAway) {
  machine_.FailOnceAfter("connect ", EIO);
  machine_.SetOnEffect([this](const std::string& line) {
    if (line.starts_with("connect ")) machine_.SetControllerState("nvme0", "connecting");
  });
  EXPECT_FALSE(Make().ok());
  machine_.SetOnEffect(nullptr);
  EXPECT_TRUE(HasAnchorPath());
}

TEST_F(AnchorRestsTest, AnAnchorThatIsNotLiveIsNotTakenForWhole) {
  ASSERT_TRUE(Make().ok());
  machine_.SetControllerState("nvme1", "connecting");
  EXPECT_FALSE(Make().ok());
}

TEST_F(AnchorRestsTest, AnAnchorThatDoesNotGoIsAnError) {
  ASSERT_TRUE(Make().ok());
  machine_.SetControllerState("nvme1", "deleting");
  EXPECT_EQ(Remove().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(AnchorRestsTest, WithoutDmsetupARemovalIsNotWaitedFor) {
  ASSERT_TRUE(Make().ok());
  machine_.FailOn("dmsetup", ENOENT);
  const absl::Time start = machine_.clock().Now();
  EXPECT_EQ(Remove().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_LT(machine_.clock().Now() - start, absl::Seconds(5));
}

TEST_F(AnchorRestsTest, ANamespaceWithoutNumberOrSizeHasNoAnchor) {
  NvmeNamespace odd = Device();
  odd.nsid = 0;
  EXPECT_THAT(Message(MakeAnchor(machine_.host(), kNqn, identity_, odd, Soon())),
              HasSubstr("no namespace id"));
  odd = Device();
  odd.size_bytes = 0;
  EXPECT_THAT(Message(MakeAnchor(machine_.host(), kNqn, identity_, odd, Soon())),
              HasSubstr("no size"));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorRestsTest, WithoutALiveConnectionItIsSaidThatItIsMissing) {
  machine_.SetControllerState("nvme0", "connecting");
  EXPECT_THAT(Message(Make()), HasSubstr("no live connection to the RDS"));
}

TEST_F(AnchorRestsTest, SizesThatNeverAgreeAreGivenUpAtTheDeadline) {
  ASSERT_TRUE(Make().ok());
  machine_.SetOnEffect([this](const std::string& line) {
    machine_.clock().Advance(absl::Seconds(1));
    if (!line.starts_with("dmsetup resume")) return;
    machine_.target(kNqn).size_bytes += kSize;
    machine_.AnnounceSize(kNqn);
  });
  machine_.target(kNqn).size_bytes += kSize;
  machine_.AnnounceSize(kNqn);
  EXPECT_EQ(Grow(0).code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(machine_.journal(), Not(IsEmpty()));
}

}  // namespace
}  // namespace rds_csi
