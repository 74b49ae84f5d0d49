// SPDX-License-Identifier: Apache-2.0
#include "nvme/anchor.h"

#include "nvme/anchor_fixture.h"
#include "nvme/connect.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(AnchorTest, STL_7_TheDeviceOutlivesItsConnection) {
  ASSERT_TRUE(Make().ok());
  machine_.LoseConnection(kNqn);
  EXPECT_THAT(machine_.DevicesOf(kNqn), ElementsAre("/dev/nvme0n1"));
}

TEST_F(AnchorTest, STL_7_WhatWaitedIsWrittenWhenTheAttachmentIsBack) {
  ASSERT_TRUE(Make().ok());
  machine_.WriteUnsynced(kNqn);
  machine_.LoseConnection(kNqn);
  ASSERT_TRUE(Connect(machine_.host(),
                      {.address = {"rds", 4420}, .nqn = kNqn, .host = identity_, .timeouts = {}},
                      Soon())
                  .ok());
  EXPECT_THAT(machine_.journal(), Contains(std::string("flush ") + kNqn + " as " + identity_.nqn));
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

TEST_F(AnchorTest, TheAnchorHasTheIdentityOfTheVolume) {
  ASSERT_TRUE(Make().ok());
  const std::string folder = std::string(kSubsystem) + "/namespaces/1";
  EXPECT_EQ(machine_.ReadFile(folder + "/device_uuid"), machine_.target(kNqn).uuid + "\n");
  EXPECT_EQ(machine_.ReadFile("/sys/block/dm-0/size"), "2097152\n");
}

TEST_F(AnchorTest, AVolumeThatIsKnownByItsNguidGetsItsAnchor) {
  machine_.LoseConnection(kNqn);
  machine_.target(kNqn).nguid = "11111111-2222-3333-4444-555555555555";
  machine_.target(kNqn).uuid = "";
  machine_.ConnectAs(kNqn, identity_.nqn);
  ASSERT_TRUE(Make().ok());
  EXPECT_TRUE(HasAnchorPath());
}

TEST_F(AnchorTest, STL_8_TheAnchorAdmitsNobodyButTheAttachment) {
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(*files().List(std::string(kSubsystem) + "/allowed_hosts"),
              ElementsAre(identity_.nqn));
  EXPECT_EQ(machine_.ReadFile(std::string(kSubsystem) + "/attr_allow_any_host"), "0\n");
}

TEST_F(AnchorTest, OneQueueIsEnoughForAnAnchor) {
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(machine_.journal(),
              Contains(AllOf(StartsWith("connect "), HasSubstr("nr_io_queues=1"))));
}

// Seen after every act: a port that listens for an anchor is inaccessible. Were it not for a moment
// only, writes could reach a device that fails them.
TEST_F(AnchorTest, STL_7_TheAnchorIsInaccessibleFromItsFirstMoment) {
  machine_.SetOnEffect([this](const std::string& line) {
    const std::string port(kPort);
    const auto linked = files().List(port + "/subsystems");
    if (!linked.ok() || linked->empty()) return;
    EXPECT_EQ(machine_.ReadFile(port + "/ana_groups/1/ana_state"), "inaccessible\n") << line;
  });
  machine_.WriteUnsynced(kNqn);
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("misdirected"))));
}

TEST_F(AnchorTest, AWholeAnchorIsNotTouched) {
  ASSERT_TRUE(Make().ok());
  machine_.ClearJournal();
  EXPECT_TRUE(Make().ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, STL_8_AnAnchorOfAnotherAttachmentIsNotTakenOver) {
  ASSERT_TRUE(Make().ok());
  machine_.ClearJournal();
  const absl::Status status = MakeAnchor(machine_.host(), kNqn, later_, Device(), Soon());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, WithoutALiveConnectionThereIsNothingToAnchor) {
  machine_.SetControllerState("nvme0", "connecting");
  EXPECT_EQ(Make().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

// What an anchor that was cut off left of an older attachment, or for another namespace, is no
// start for this one.
TEST_F(AnchorTest, STL_8_TheRestsOfAnAnchorOfAnotherAttachmentAreNotUsed) {
  machine_.FailOn("connect ", EIO);
  machine_.FailOn("unlink ", EIO);  // so that the undoing fails as well
  ASSERT_FALSE(MakeAnchor(machine_.host(), kNqn, later_, Device(), Soon()).ok());
  ASSERT_THAT(NvmetFolder("hosts"), ElementsAre(later_.nqn));
  machine_.StopFailing();
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(NvmetFolder("hosts"), ElementsAre(identity_.nqn));
  EXPECT_TRUE(HasAnchorPath());
}

TEST_F(AnchorTest, TwoAnchorsShareAPort) {
  machine_.ConnectAs(kOtherNqn, identity_.nqn);
  ASSERT_TRUE(Make().ok());
  ASSERT_TRUE(Make(kOtherNqn).ok());
  EXPECT_THAT(*files().List(std::string(kPort) + "/subsystems"), SizeIs(2));
  ASSERT_TRUE(Remove(kOtherNqn).ok());
  EXPECT_TRUE(HasAnchorPath());
  EXPECT_THAT(NvmetFolder("hosts"), ElementsAre(identity_.nqn));
  ASSERT_TRUE(Remove().ok());
  ExpectNoTraceOfAnchors();
}

TEST_F(AnchorTest, APortThatAnotherCallJustRemovedIsMadeAgain) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (line != std::string("symlink ") + kPort + "/subsystems/" + kNqn) return;
    machine_.SetOnEffect(nullptr);
    ASSERT_TRUE(files().RemoveDirectory(kPort).ok());
  });
  EXPECT_TRUE(Make().ok());
  EXPECT_TRUE(HasAnchorPath());
}

TEST_F(AnchorTest, STL_7_AnAnchorThatTheDeviceLivesByIsNotTakenAwayWhateverFails) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (line.starts_with("connect ")) {
      machine_.target(kNqn).size_bytes = 2 * kSize;
      machine_.AnnounceSize(kNqn);
    }
    if (line.ends_with("/rescan_controller")) machine_.LoseConnection(kNqn);
  });
  machine_.WriteUnsynced(kNqn);
  EXPECT_FALSE(Make().ok());
  EXPECT_THAT(machine_.DevicesOf(kNqn), ElementsAre("/dev/nvme0n1"));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("lost pages"))));
}

TEST_F(AnchorTest, AnAnchorOfADeviceThatIsGoneMeanwhileIsTakenAway) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (line.starts_with("connect ")) machine_.LoseConnection(kNqn);
  });
  EXPECT_FALSE(Make().ok());
  machine_.SetOnEffect(nullptr);
  ExpectNoTraceOfAnchors();
  EXPECT_THAT(machine_.DevicesOf(kNqn), IsEmpty());
}

// --- what cannot be done is said, and leaves nothing ---

TEST_F(AnchorTest, ASubsystemThatSomebodyElseMadeIsLeftAlone) {
  ASSERT_TRUE(files().MakeDirectories(kSubsystem, 0755).ok());
  ASSERT_TRUE(files().MakeDirectories(std::string(kSubsystem) + "/namespaces/1", 0755).ok());
  machine_.ClearJournal();
  EXPECT_EQ(Make().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Remove().ok());
  EXPECT_TRUE(Grow(2 * kSize).ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
  EXPECT_THAT(*FindAnchors(files()), IsEmpty());
}

TEST_F(AnchorTest, ABareSubsystemThatSomebodyElseJustMadeIsLeftAlone) {
  ASSERT_TRUE(files().MakeDirectories(kSubsystem, 0755).ok());
  machine_.ClearJournal();
  EXPECT_EQ(Make().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Remove().ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, APortThatSomebodyElseMadeIsLeftAlone) {
  ASSERT_TRUE(files().MakeDirectories(kPort, 0755).ok());
  ASSERT_TRUE(files().Write(std::string(kPort) + "/addr_traddr", "10.0.0.5").ok());
  EXPECT_EQ(Make().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(machine_.ReadFile(std::string(kPort) + "/addr_traddr"), "10.0.0.5\n");
  EXPECT_EQ(machine_.ReadFile(std::string(kPort) + "/ana_groups/1/ana_state"), "optimized\n");
  EXPECT_THAT(machine_.MappedDevices(), IsEmpty());
}

TEST_F(AnchorTest, AKernelWithMultipathSwitchedOffHasNoAnchors) {
  machine_.AddFile("/sys/module/nvme_core/parameters/multipath", "N\n");
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("multipath"));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, AModuleThatIsNotLoadedIsLoaded) {
  machine_.UnloadNvmet(/*modprobe_helps=*/true);
  EXPECT_TRUE(Make().ok());
  EXPECT_THAT(machine_.journal(), Contains("modprobe -a nvmet nvmet-tcp dm-mod"));
}

TEST_F(AnchorTest, AKernelWithoutNvmetIsToldWithTheCommandThatWouldHelp) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("modprobe -a nvmet nvmet-tcp"));
  EXPECT_TRUE(Remove().ok());
  EXPECT_THAT(*FindAnchors(files()), IsEmpty());
}

TEST_F(AnchorTest, AMachineWithoutConfigfsIsToldWithTheCommandThatHelps) {
  machine_.UnloadNvmet(/*modprobe_helps=*/true);
  ASSERT_TRUE(files().RemoveDirectory("/sys/kernel/config").ok());
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("mount -t configfs"));
}

TEST_F(AnchorTest, AMachineWithoutDmsetupIsTold) {
  machine_.FailOn("dmsetup", ENOENT);
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("dmsetup"));
  ExpectNoTraceOfAnchors();
}

TEST_F(AnchorTest, AKernelWithoutDeviceMapperIsToldWithTheCommandThatHelps) {
  machine_.SetProgram("dmsetup",
                      {1, "", "Failure to communicate with kernel device-mapper driver.\n"});
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("modprobe dm_mod"));
}

TEST_F(AnchorTest, AKernelWithoutNvmetTcpIsToldWithTheCommandThatHelps) {
  machine_.FailOn(std::string("symlink ") + kPort, EINVAL);
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("modprobe nvmet-tcp"));
  ExpectNoTraceOfAnchors();
}

TEST_F(AnchorTest, OtherBlockSizesAndIdentitiesThatCannotBeShownAreRefused) {
  NvmeNamespace odd = Device();
  odd.block_bytes = 4096;
  EXPECT_EQ(MakeAnchor(machine_.host(), kNqn, identity_, odd, Soon()).code(),
            absl::StatusCode::kFailedPrecondition);
  odd = Device();
  odd.eui = "00 11 22 33 44 55 66 77";
  EXPECT_EQ(MakeAnchor(machine_.host(), kNqn, identity_, odd, Soon()).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, ASubsystemThatTakesNoSecondControllerIsToldAndNothingIsLeft) {
  machine_.target(kNqn).many_controllers = false;
  const absl::Status status = Make();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("second controller"));
  ExpectNoTraceOfAnchors();
}

TEST_F(AnchorTest, AnAnchorThatTheKernelDoesNotJoinIsTakenAway) {
  NvmeNamespace other = Device();
  other.uuid = "99999999-0000-4000-8000-000000000000";
  EXPECT_EQ(MakeAnchor(machine_.host(), kNqn, identity_, other, Soon()).code(),
            absl::StatusCode::kFailedPrecondition);
  ExpectNoTraceOfAnchors();
  EXPECT_THAT(machine_.DevicesOf(kNqn), ElementsAre("/dev/nvme0n1"));
}

// --- sizes ---

TEST_F(AnchorTest, STL_7_AnAnchorGrowsWithItsVolume) {
  ASSERT_TRUE(Make().ok());
  machine_.target(kNqn).size_bytes = 2 * kSize;
  machine_.AnnounceSize(kNqn);
  ASSERT_TRUE(Grow(2 * kSize).ok());
  EXPECT_EQ(Device().size_bytes, 2 * kSize);
  EXPECT_EQ(Paths()[1].ana_state, "inaccessible");
  EXPECT_EQ(Paths()[1].size_bytes, 2 * kSize);
}

// An anchor of the old size was looked at: the head shrank, and its I/O waits.
TEST_F(AnchorTest, STL_7_AVolumeThatItsAnchorMadeSmallerIsMended) {
  ASSERT_TRUE(Make().ok());
  machine_.target(kNqn).size_bytes = 2 * kSize;
  machine_.AnnounceSize(kNqn);
  ASSERT_TRUE(files().Write(std::string(kSubsystem) + "/namespaces/1/revalidate_size", "1").ok());
  machine_.WriteUnsynced(kNqn);
  ASSERT_EQ(Device().size_bytes, kSize);
  ASSERT_TRUE(Grow(0).ok());
  EXPECT_EQ(Device().size_bytes, 2 * kSize);
  EXPECT_FALSE(machine_.HasUnsynced(kNqn));
}

TEST_F(AnchorTest, SizesThatAgreeAreNotTouched) {
  ASSERT_TRUE(Make().ok());
  machine_.ClearJournal();
  EXPECT_TRUE(Grow(0).ok());
  EXPECT_TRUE(Grow(kSize).ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, STL_7_AnAnchorNeverGrowsBeforeItsVolume) {
  ASSERT_TRUE(Make().ok());
  machine_.ClearJournal();
  EXPECT_EQ(Grow(2 * kSize).code(), absl::StatusCode::kUnavailable);
  machine_.LoseConnection(kNqn);
  EXPECT_EQ(Grow(2 * kSize).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Device().size_bytes, kSize);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, GrowingWithoutAnAnchorIsSuccess) {
  EXPECT_TRUE(Grow(2 * kSize).ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, AVolumeThatGrewWhileItsAnchorWasMadeIsNotShrunk) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (!line.starts_with("connect ")) return;
    machine_.SetOnEffect(nullptr);
    machine_.target(kNqn).size_bytes = 2 * kSize;
    machine_.AnnounceSize(kNqn);
  });
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(Device().size_bytes, 2 * kSize);
}

TEST_F(AnchorTest, ARestOfAnotherSizeDoesNotChangeTheHead) {
  machine_.FailOn("connect ", EIO);
  machine_.FailOn("unlink ", EIO);
  ASSERT_FALSE(Make().ok());
  machine_.StopFailing();
  machine_.target(kNqn).size_bytes = 2 * kSize;
  machine_.AnnounceSize(kNqn);
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(Device().size_bytes, 2 * kSize);
}

// --- removing ---

TEST_F(AnchorTest, RemovingLeavesNothing) {
  ASSERT_TRUE(Make().ok());
  ASSERT_TRUE(Remove().ok());
  ExpectNoTraceOfAnchors();
  EXPECT_THAT(machine_.DevicesOf(kNqn), ElementsAre("/dev/nvme0n1"));
}

TEST_F(AnchorTest, RemovingWhatIsNotThereDoesNothing) {
  EXPECT_TRUE(Remove().ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(AnchorTest, STL_7_WhenTheAnchorIsTakenAwayWaitingIoFails) {
  ASSERT_TRUE(Make().ok());
  machine_.WriteUnsynced(kNqn);
  machine_.LoseConnection(kNqn);
  ASSERT_TRUE(Remove().ok());
  EXPECT_THAT(machine_.journal(),
              Contains(std::string("lost pages ") + kNqn + " of " + identity_.nqn));
  EXPECT_THAT(machine_.DevicesOf(kNqn), IsEmpty());
}

TEST_F(AnchorTest, ADeviceThatIsHeldForAMomentIsWaitedFor) {
  ASSERT_TRUE(Make().ok());
  machine_.FailOn("dmsetup remove", EBUSY);
  machine_.After(absl::Seconds(3), [this] { machine_.StopFailing(); });
  EXPECT_TRUE(Remove().ok());
  ExpectNoTraceOfAnchors();
}

TEST_F(AnchorTest, ADeviceThatIsHeldForEverIsNamed) {
  ASSERT_TRUE(Make().ok());
  machine_.FailOn("dmsetup remove", EBUSY);
  const absl::Status status = Remove();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Message(status), HasSubstr(kNqn));
}

TEST_F(AnchorTest, AllAnchorsAreFoundAlsoInPart) {
  machine_.ConnectAs(kOtherNqn, identity_.nqn);
  ASSERT_TRUE(Make().ok());
  machine_.FailOn("mkdir ", EIO);
  machine_.FailOn("dmsetup remove", EBUSY);
  ASSERT_FALSE(Make(kOtherNqn).ok());
  EXPECT_THAT(*FindAnchors(files()), ElementsAre(kNqn, kOtherNqn));
}

TEST_F(AnchorTest, AnNqnTooLongForADeviceNameHasAnAnchorAllTheSame) {
  const std::string nqn = "nqn.2000-02.com.mikrotik:" + std::string(128, 'v');
  machine_.Export(nqn, kSize);
  machine_.ConnectAs(nqn, identity_.nqn);
  ASSERT_TRUE(Make(nqn).ok());
  EXPECT_THAT(*FindAnchors(files()), ElementsAre(nqn));
  ASSERT_TRUE(Remove(nqn).ok());
  ExpectNoTraceOfAnchors();
}

}  // namespace
}  // namespace rds_csi
