// SPDX-License-Identifier: Apache-2.0
#include "node/adopt.h"

#include <fmt/format.h>

#include <tuple>
#include <utility>

#include "node/testing.h"
#include "nvme/anchor.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kGlobalMount[] =
    "/var/lib/kubelet/plugins/kubernetes.io/csi/rds.csi.srvlab.io/4f2a/globalmount";
constexpr char kVolData[] =
    "/var/lib/kubelet/plugins/kubernetes.io/csi/rds.csi.srvlab.io/4f2a/vol_data.json";

class AdoptTest : public AnchoredTest {
 protected:
  void Act() { ASSERT_TRUE(AdoptStaged(node(), Soon()).ok()); }
  // Connected and mounted by something that wrote no record.
  void AddUnrecorded(const std::string& host_nqn) {
    machine_.ConnectAs(id_.Nqn(), host_nqn);
    machine_.AddMount({.target = kGlobalMount,
                       .root = "/",
                       .number = {259, 0},
                       .fs_type = "ext4",
                       .source = "/dev/nvme0n1",
                       .options = {"rw", "noatime"},
                       .super_options = {"rw"}});
  }
  // A block volume's folders, as kubelet and a version without records leave them.
  void AddBlockFolder(const std::string& device, const std::string& handle) {
    const std::string root = "/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices";
    machine_.AddDirectory(root + "/staging/pv-1");
    machine_.AddFile(root + "/staging/pv-1/device", device);
    machine_.AddDirectory(root + "/pv-1/data");
    machine_.AddFile(root + "/pv-1/data/vol_data.json",
                     fmt::format(R"({{"volumeHandle":"{}"}})", handle));
  }
  // What a crash between two acts of RemoveAnchor leaves: no controller, all of the rest.
  void LeaveRestsOfAnAnchor() {
    ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
    machine_.LoseConnection(id_.Nqn());
    RunIo(machine_.host().exec, {"write", "/sys/class/nvme/nvme1/delete_controller"}, "1", Soon())
        .IgnoreError();
    reports_.Clear();
  }
  void AddVolData(const std::string& handle) {
    machine_.AddFile(kVolData, fmt::format(R"({{"volumeHandle":"{}"}})", handle));
  }
};

TEST_F(AdoptTest, AnOrphanThatCannotBeDisconnectedIsToldWithTheReason) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.FailOn("write /sys/class/nvme", EIO);
  Act();
  EXPECT_THAT(Told(Reason::kOrphanDetected),
              ElementsAre(HasSubstr("connected and unused, and cannot be disconnected")));
  EXPECT_THAT(Connected(), SizeIs(1));
}

TEST_F(AdoptTest, WhatIsRecordedAndStagedIsLeftAsItIs) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  const std::optional<StagedVolume> before = Record();
  machine_.ClearJournal();
  reports_.Clear();
  Act();
  EXPECT_EQ(Record(), before);
  EXPECT_THAT(machine_.journal(), IsEmpty());
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(AdoptTest, ARecordOfAFormerBootGoesWithWhatItWasAbout) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
  machine_.LoseConnection(id_.Nqn());
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  Act();
  EXPECT_TRUE(Record()) << "the same boot: the connection was lost, and comes back";
  SetBoot("boot-2");
  Act();
  EXPECT_FALSE(Record());
}

TEST_F(AdoptTest, ARecordOfAFormerBootStaysWhileAnythingOfItIsThere) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  SetBoot("boot-2");
  Act();
  EXPECT_TRUE(Record());
}

TEST_F(AdoptTest, ARecordOfAFormerBootStaysWhileItsVolumeIsConnected) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  SetBoot("boot-2");
  Act();
  EXPECT_TRUE(Record());
}

TEST_F(AdoptTest, ARecordOfAFormerBootStaysWhileSomethingIsMountedWhereItWasStaged) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
  machine_.LoseConnection(id_.Nqn());
  SetBoot("boot-2");
  Act();
  EXPECT_TRUE(Record());
}

TEST_F(AdoptTest, WhereTheBootIsNotKnownNoRecordIsOfAFormerOne) {
  for (const auto& [recorded, now] : {std::pair{"boot-1", ""}, std::pair{"", "boot-2"}}) {
    SetBoot(recorded);
    ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
    ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
    machine_.LoseConnection(id_.Nqn());
    SetBoot(now);
    Act();
    EXPECT_TRUE(Record()) << recorded << " " << now;
  }
}

TEST_F(AdoptTest, BLK_7_ThatAFormatWasCutOffIsKnownAfterAReboot) {
  machine_.FailOn("mkfs.ext4", ETIMEDOUT);
  ASSERT_FALSE(Stage(MakeStageRequest(/*block=*/false)).ok());
  SetBoot("boot-2");
  Act();
  ASSERT_TRUE(Record());
  EXPECT_EQ(Record()->phase, StagePhase::kFormatting);
}

TEST_F(AdoptTest, AVolumeOfTheVersionBeforeGetsItsRecord) {
  AddUnrecorded(Identity(41).nqn);
  AddVolData("pvc-1");
  Act();
  const std::optional<StagedVolume> record = Record();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->phase, StagePhase::kStaged);
  EXPECT_EQ(record->generation, 41);
  EXPECT_EQ(record->host, Identity(41));
  EXPECT_EQ(record->staging_path, kGlobalMount);
  EXPECT_EQ(record->address, (HostPort{"10.0.0.1", 4420}));
  EXPECT_EQ(record->device, (DeviceNumber{259, 0}));
  EXPECT_THAT(record->mount_options, ElementsAre("noatime"));
  EXPECT_EQ(record->timeouts.anchor_seconds, 600);
}

TEST_F(AdoptTest, AVolumeThatTheNodeConnectedAsItselfIsOfNoGeneration) {
  AddUnrecorded(NodeIdentity("cluster", config_.node).nqn);
  AddVolData("pvc-1");
  Act();
  EXPECT_EQ(Record()->generation, 0);
}

TEST_F(AdoptTest, ABlockVolumeIsKnownByItsDeviceRecord) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  AddBlockFolder("/dev/nvme0n1", "pvc-1");
  Act();
  ASSERT_TRUE(Record());
  EXPECT_TRUE(Record()->block);
  EXPECT_EQ(Record()->staging_path,
            "/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices/staging/pv-1");
}

TEST_F(AdoptTest, WhatIsNotCertainIsReportedAndLeftAlone) {
  AddUnrecorded(identity_.nqn);
  AddVolData("pvc-2");
  Act();
  EXPECT_FALSE(Record());
  EXPECT_THAT(Told(Reason::kOrphanDetected), ElementsAre(HasSubstr("in use")));
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(AdoptTest, Pain26_AConnectionThatNobodyUsesOrClaimsIsClosed) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  Act();
  EXPECT_THAT(Connected(), IsEmpty());
  EXPECT_THAT(Told(Reason::kOrphanCleaned), SizeIs(1));
}

TEST_F(AdoptTest, AConnectionThatSomebodyHasOpenIsLeftAlone) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.AddOpener({259, 0}, "process 4711 qemu");
  Act();
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_THAT(Told(Reason::kOrphanDetected), ElementsAre(HasSubstr("qemu[PID:4711]")));
}

TEST_F(AdoptTest, AConnectionThatCannotBeLookedAtIsLeftAlone) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.FailOn("openers", EACCES);
  Act();
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(AdoptTest, AConnectionOfSomebodyElseIsNeverClosed) {
  machine_.ConnectAs(id_.Nqn(), "nqn.2014-08.org.nvmexpress:uuid:another");
  Act();
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_THAT(Told(Reason::kOrphanDetected), ElementsAre(HasSubstr("somebody else")));
}

TEST_F(AdoptTest, AnAnchorOfSomebodyElseBesideOurConnectionIsLeftAlone) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  const auto device = FindNamespace(machine_.host().files, id_.Nqn());
  const HostIdentity another = NodeIdentity("another cluster", config_.node);
  ASSERT_TRUE(MakeAnchor(machine_.host(), id_.Nqn(), another, **device, Soon()).ok());
  Act();
  EXPECT_THAT(machine_.ControllersOf(id_.Nqn()), SizeIs(2));
}

TEST_F(AdoptTest, AnAnchorOfSomethingElseThanAVolumeIsLeftAlone) {
  const std::string nqn = "nqn.2019-01.com.example:boot";
  machine_.Export(nqn, kVolumeSize);
  machine_.ConnectAs(nqn, identity_.nqn);
  const auto device = FindNamespace(machine_.host().files, nqn);
  ASSERT_TRUE(MakeAnchor(machine_.host(), nqn, identity_, **device, Soon()).ok());
  Act();
  EXPECT_THAT(*FindAnchors(machine_.host().files), ElementsAre(nqn));
}

TEST_F(AdoptTest, TheRestsOfAnAnchorThatARecordClaimsAreLeftToTheKeeper) {
  LeaveRestsOfAnAnchor();
  Act();
  EXPECT_THAT(*FindAnchors(machine_.host().files), ElementsAre(id_.Nqn()));
}

TEST_F(AdoptTest, TheRestsOfAnAnchorThatNoRecordClaimsGo) {
  LeaveRestsOfAnAnchor();
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  Act();
  EXPECT_THAT(*FindAnchors(machine_.host().files), IsEmpty());
  EXPECT_THAT(machine_.MappedDevices(), IsEmpty());
}

TEST_F(AdoptTest, RestsOfAnAnchorThatCannotBeRemovedAreTold) {
  LeaveRestsOfAnAnchor();
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  machine_.FailOn("rmdir", EBUSY);
  Act();
  ASSERT_THAT(Told(Reason::kOrphanDetected), SizeIs(1));
  EXPECT_EQ(reports_.All().front().volume_id, id_.str());
}

TEST_F(AdoptTest, WhatIsMountedInTwoPlacesIsNotCertain) {
  AddUnrecorded(identity_.nqn);
  AddVolData("pvc-1");
  AddBlockFolder("/dev/nvme0n1", "pvc-1");
  Act();
  EXPECT_FALSE(Record());
}

TEST_F(AdoptTest, ABlockVolumeWhoseDeviceRecordNamesAnotherDeviceIsNotCertain) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  AddBlockFolder("/dev/nvme7n1", "pvc-1");
  Act();
  EXPECT_FALSE(Record());
}

TEST_F(AdoptTest, ABlockVolumeWhoseFolderIsOfAnotherVolumeIsNotCertain) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  AddBlockFolder("/dev/nvme0n1", "pvc-2");
  Act();
  EXPECT_FALSE(Record());
}

TEST_F(AdoptTest, AMountOfAnotherDeviceIsNotTakenForTheVolumes) {
  AddUnrecorded(identity_.nqn);
  AddVolData("pvc-1");
  machine_.SetNextInstance(5);
  const std::string other = "nqn.2000-02.com.mikrotik:pvc-2";
  machine_.Export(other, kVolumeSize);
  machine_.ConnectAs(
      other,
      AttachmentIdentity("cluster", config_.node, *VolumeId::Parse("pvc-2"), "1a2b3c4d", 1).nqn);
  Act();
  EXPECT_TRUE(Record());
  EXPECT_EQ(*node().staged().Find(*VolumeId::Parse("pvc-2")), std::nullopt);
}

TEST_F(AdoptTest, AMountThatIsNotCertainlyTheStagedOneIsNotTakenForIt) {
  Mount mount = {.target = kGlobalMount,
                 .root = "/",
                 .number = {259, 0},
                 .fs_type = "ext4",
                 .source = "/dev/nvme0n1",
                 .options = {},
                 .super_options = {}};
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  AddVolData("pvc-1");
  machine_.AddFile("/elsewhere/vol_data.json", R"({"volumeHandle":"pvc-1"})");
  machine_.AddFile("/var/lib/kubelet/pods/vol_data.json", R"({"volumeHandle":"pvc-1"})");
  for (const auto& [target, number, fs_type] :
       {std::tuple{kGlobalMount, DeviceNumber{259, 77}, "ext4"},
        std::tuple{"/elsewhere/globalmount", DeviceNumber{259, 0}, "ext4"},
        std::tuple{"/var/lib/kubelet/pods/mount", DeviceNumber{259, 0}, "ext4"},
        std::tuple{kGlobalMount, DeviceNumber{259, 0}, "btrfs"}}) {
    mount.target = target;
    mount.number = number;
    mount.fs_type = fs_type;
    machine_.AddMount(mount);
    EXPECT_EQ(Reconstruct(node(), id_, *FindLink(machine_.host().files, id_.Nqn())), std::nullopt)
        << target << " " << ToString(number) << " " << fs_type;
    ASSERT_TRUE(machine_.host().mounts.Unmount(target, Soon()).ok());
  }
}

TEST_F(AdoptTest, AConnectionToWhoKnowsWhereIsNotCertain) {
  AddUnrecorded(identity_.nqn);
  AddVolData("pvc-1");
  machine_.AddFile("/sys/class/nvme/nvme0/ctrl_loss_tmo", "99999999999\n");
  Link link = *FindLink(machine_.host().files, id_.Nqn());
  ASSERT_TRUE(Reconstruct(node(), id_, link));
  EXPECT_EQ(Reconstruct(node(), id_, link)->timeouts.ctrl_loss_seconds, -1);
  link.to_rds[0].address = "traddr=10.0.0.1";
  EXPECT_EQ(Reconstruct(node(), id_, link), std::nullopt);
  link.to_rds[0].address = "trsvcid=4420";
  EXPECT_EQ(Reconstruct(node(), id_, link), std::nullopt);
}

TEST_F(AdoptTest, TwoConnectionsOfOneVolumeAreNotCertain) {
  AddUnrecorded(identity_.nqn);
  AddVolData("pvc-1");
  Link link = *FindLink(machine_.host().files, id_.Nqn());
  link.to_rds.push_back(link.to_rds[0]);
  EXPECT_EQ(Reconstruct(node(), id_, link), std::nullopt);
}

TEST_F(AdoptTest, ALookThatHangsIsKilledSoonAndTheDeviceLeftAlone) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.FailOn("probe", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  ASSERT_TRUE(AdoptStaged(node(), start + absl::Hours(1)).ok());
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(20));
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(AdoptTest, PUB_3_WhatWasMountedReadOnlyIsKnownToBe) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.AddMount({.target = kGlobalMount,
                     .root = "/",
                     .number = {259, 0},
                     .fs_type = "xfs",
                     .source = "/dev/nvme0n1",
                     .options = {"ro", "relatime"},
                     .super_options = {"ro", "nouuid"}});
  AddVolData("pvc-1");
  Act();
  ASSERT_TRUE(Record());
  EXPECT_THAT(Record()->mount_options, ElementsAre("ro", "nouuid"));
}

TEST_F(AdoptTest, Incident03_TheDiskThatTheMachineBootedFromIsNotEvenLookedAt) {
  const std::string boot = "nqn.2019-01.com.example:boot";
  machine_.Export(boot, kVolumeSize);
  machine_.ConnectAs(boot, NodeIdentity("cluster", config_.node).nqn);
  Act();
  EXPECT_THAT(machine_.DevicesOf(boot), SizeIs(1));
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(AdoptTest, AConnectionThatADamagedRecordClaimsIsLeftAlone) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.AddFile("/var/lib/rds-csi/staged/pvc-1.json", "{");
  Act();
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(AdoptTest, ADeviceThatSomethingHoldsUnseenIsLeftAlone) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.FailOn("probe", EBUSY);
  Act();
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_THAT(Told(Reason::kOrphanDetected), SizeIs(1));
}

TEST_F(AdoptTest, AVolumeThatWaitsForItsRdsIsLeftAlone) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  machine_.WriteUnsynced(id_.Nqn());
  machine_.LoseConnection(id_.Nqn());
  Act();
  EXPECT_TRUE(machine_.HasUnsynced(id_.Nqn()));
}

TEST_F(AdoptTest, AnAnchorThatNoRecordClaimsGoes) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  Act();
  EXPECT_THAT(Connected(), IsEmpty());
  EXPECT_THAT(*FindAnchors(machine_.host().files), IsEmpty());
  EXPECT_THAT(machine_.MappedDevices(), IsEmpty());
}

}  // namespace
}  // namespace rds_csi
