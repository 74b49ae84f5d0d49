// SPDX-License-Identifier: Apache-2.0
#include "rds/volumes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "rds/fake_router_os.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using Fault = FakeRouterOs::Fault;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kSize = int64_t{1} << 30;

class VolumesTest : public testing::Test {
 protected:
  absl::StatusOr<Volume> Create() {
    return volumes_.Create({id_, "/storage-pool/csi", kSize, 4420, "cluster"}, deadline_);
  }
  Volume Created() { return *Create(); }
  RosRecord& Row() { return rds_.Disk(id_.Slot()); }
  absl::StatusOr<RdsVolumes::Found> Find() {
    return volumes_.Find(id_, "/storage-pool/csi", deadline_);
  }

  VolumeId id_ = *VolumeId::Parse("pvc-1");
  NodeId node_ = *NodeId::Parse("node-a");
  absl::Time deadline_ = absl::InfiniteFuture();
  FakeRouterOs rds_;
  RdsVolumes volumes_{rds_, {}};
};

TEST_F(VolumesTest, VOL_1_CreatesInOneRoundTripAndNothingIsExported) {
  const auto volume = Create();
  ASSERT_TRUE(volume.ok()) << Message(volume.status());
  EXPECT_EQ(rds_.calls, 1);
  EXPECT_FALSE(volume->disk.exported);
  EXPECT_EQ(volume->disk.size_bytes, kSize);
  EXPECT_EQ(volume->disk.slot, id_.Slot());
  EXPECT_EQ(volume->disk.nqn, id_.Nqn());
  EXPECT_EQ(volume->ledger->volume, id_);
  EXPECT_EQ(Row().at("mount-filesystem"), "no");
}

TEST_F(VolumesTest, NeverTakesAFileThatAnEarlierVolumeLeft) {
  const std::string first = Created().disk.file_path;
  rds_.disks.pop_back();
  EXPECT_NE(Created().disk.file_path, first);
}

TEST_F(VolumesTest, CreateSaysWhenTheSlotIsTaken) {
  Created();
  EXPECT_EQ(Create().status().code(), Code::kAlreadyExists);
}

TEST_F(VolumesTest, CreateComparesWhatTheRdsMade) {
  rds_.ignores = {"nvme-tcp-server-nqn"};
  const auto volume = Create();
  EXPECT_EQ(volume.status().code(), Code::kInternal);
  EXPECT_THAT(Message(volume.status()), HasSubstr("nvme-tcp-server-nqn"));
}

TEST_F(VolumesTest, FindsVolumeAndPoolInOneRoundTrip) {
  Created();
  rds_.calls = 0;
  const auto found = Find();
  ASSERT_TRUE(found.ok() && found->volume && found->pool);
  EXPECT_EQ(found->volume->id, id_);
  EXPECT_EQ(found->pool->mount_point, "storage-pool");
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(VolumesTest, FindsNeitherWhereThereIsNeither) {
  const auto found = volumes_.Find(id_, "/elsewhere/csi", deadline_);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->volume);
  EXPECT_FALSE(found->pool);
}

TEST_F(VolumesTest, VOL_2_FindsAVolumeOfTheFormerDriver) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  const auto found = Find();
  ASSERT_TRUE(found.ok() && found->volume);
  EXPECT_FALSE(found->volume->ledger);
  EXPECT_TRUE(found->volume->disk.exported);
}

TEST_F(VolumesTest, ADiskThatMerelyHasTheIdForASlotIsNotTheVolume) {
  rds_.AddLegacyDisk("pvc-1", kSize)["nvme-tcp-server-nqn"] = "nqn.2000-02.com.mikrotik:other";
  EXPECT_FALSE(Find()->volume);
}

TEST_F(VolumesTest, TwoDisksForOneVolumeAreRefused) {
  Created();
  rds_.AddLegacyDisk("pvc-1", kSize);
  EXPECT_EQ(Find().status().code(), Code::kFailedPrecondition);
}

TEST_F(VolumesTest, ALedgerOfAnotherVolumeIsRefused) {
  Created();
  Row()["comment"] = "rds-csi:1,c=cluster,v=pvc-2,i=1a2b3c4d,o=blank,g=0,e=0";
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(found.status()), HasSubstr("pvc-2"));
}

TEST_F(VolumesTest, ADiskOfAnotherKindInItsSlotIsNeverTakenForNoVolume) {
  Created();
  Row()["type"] = "partition";
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(found.status()), HasSubstr("in the way of volume pvc-1"));
}

TEST_F(VolumesTest, ATT_11_ALedgerThatCannotBeReadIsRefused) {
  Created();
  for (const char* comment : {"", "words", "rds-csi:1,c=clus", "rds-csi:2,x=y"}) {
    Row()["comment"] = comment;
    EXPECT_EQ(Find().status().code(), Code::kFailedPrecondition) << comment;
  }
}

TEST_F(VolumesTest, ATT_10_SetsLedgerAndFenceInOneRoundTrip) {
  const Volume volume = Created();
  Ledger ledger = *volume.ledger;
  ledger.generation = 1;
  ledger.attachments = {{node_, 1, false, 17}};
  rds_.calls = 0;
  const auto set = volumes_.SetAttachments(volume, ledger, {{"nqn.a"}}, deadline_);
  ASSERT_TRUE(set.ok()) << Message(set.status());
  EXPECT_EQ(rds_.calls, 1);
  EXPECT_EQ(Row().at("nvme-tcp-export"), "true");
  EXPECT_EQ(Row().at("nvme-tcp-server-allow-host-name"), "nqn.a");
  EXPECT_EQ(Row().at("comment"), FormatLedger(ledger));
  EXPECT_TRUE(volumes_.Shows(*set, {{"nqn.a"}}));
}

TEST_F(VolumesTest, ATT_10_NobodyMeansNotExported) {
  Volume volume = Created();
  volume = *volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  volume = *volumes_.SetAttachments(volume, *volume.ledger, {}, deadline_);
  EXPECT_FALSE(volume.disk.exported);
  EXPECT_EQ(volume.disk.allow_host, "");
}

TEST_F(VolumesTest, ATT_10_AFenceThatWasNotTakenIsAnErrorAndNobodyIsAdmitted) {
  const Volume volume = Created();
  rds_.ignores = {"nvme-tcp-server-allow-host-name"};
  Row()["nvme-tcp-server-allow-host-name"] = "";
  const auto set = volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  EXPECT_EQ(set.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(set.status()), HasSubstr("nvme-tcp-server-allow-host-name"));
  EXPECT_EQ(Row().at("nvme-tcp-export"), "false");
}

TEST_F(VolumesTest, ATT_11_ALedgerThatWasNotTakenIsAnErrorAndNobodyIsAdmitted) {
  const Volume volume = Created();
  rds_.ignores = {"comment"};
  Ledger ledger = *volume.ledger;
  ledger.generation = 1;
  const auto set = volumes_.SetAttachments(volume, ledger, {{"nqn.a"}}, deadline_);
  EXPECT_EQ(set.status().code(), Code::kFailedPrecondition);
  EXPECT_EQ(Row().at("nvme-tcp-export"), "false");
}

TEST_F(VolumesTest, ATT_10_AnExportThatDidNotComeOnIsAnError) {
  const Volume volume = Created();
  rds_.ignores = {"nvme-tcp-export"};
  const auto set = volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  EXPECT_EQ(set.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(set.status()), HasSubstr("nvme-tcp-export"));
}

TEST_F(VolumesTest, ATT_10_AnAnswerThatIsNotAboutTheVolumesDiskIsAnErrorAndNobodyIsAdmitted) {
  for (const auto& [property, value] :
       {std::pair{"slot", "pvc-2"}, {"nvme-tcp-server-nqn", "nqn.other"}, {"type", "hardware"}}) {
    rds_ = FakeRouterOs();
    const Volume volume = Created();
    RosRecord& row = Row();
    rds_.before = [&](const RosCommand&) { row[property] = value; };
    EXPECT_FALSE(volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_).ok())
        << property;
    EXPECT_EQ(row.at("nvme-tcp-export"), "false") << property;
  }
}

TEST_F(VolumesTest, CutOffDropsSessionsAndKeepsTheLedger) {
  Volume volume = Created();
  volume = *volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  const std::string comment = Row().at("comment");
  rds_.journal.clear();
  ASSERT_TRUE(volumes_.CutOff(volume, deadline_).ok());
  EXPECT_THAT(rds_.journal, ElementsAre("set " + id_.Slot() + " nvme-tcp-export=no",
                                        "sessions dropped " + id_.Slot()));
  EXPECT_EQ(Row().at("comment"), comment);
}

TEST_F(VolumesTest, ACutOffThatWasNotTakenIsAnError) {
  Volume volume = Created();
  volume = *volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  rds_.ignores = {"nvme-tcp-export"};
  EXPECT_EQ(volumes_.CutOff(volume, deadline_).code(), Code::kFailedPrecondition);
}

TEST_F(VolumesTest, ATT_10_NarrowingALiveFenceNeedsACutOff) {
  Volume volume = Created();
  EXPECT_FALSE(volumes_.MustCutOff(volume, {{"nqn.a"}}));  // not exported: nobody has a session
  volume = *volumes_.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  EXPECT_TRUE(volumes_.MustCutOff(volume, {{"nqn.b"}}));
  EXPECT_FALSE(volumes_.MustCutOff(volume, {{"nqn.a", "nqn.b"}}));
  EXPECT_FALSE(volumes_.MustCutOff(volume, {}));  // switching off drops them all
}

TEST_F(VolumesTest, NoCutOffWhereRouterOsDropsThoseWhoAreNoLongerAdmitted) {
  RdsVolumes volumes(rds_, {.allow_host_is_list = true, .allow_host_drops_sessions = true});
  Volume volume = Created();
  volume = *volumes.SetAttachments(volume, *volume.ledger, {{"nqn.a"}}, deadline_);
  EXPECT_FALSE(volumes.MustCutOff(volume, {{"nqn.b"}}));
}

TEST_F(VolumesTest, VOL_1_GrowsByPlainBytes) {
  const auto grown = volumes_.Grow(Created(), kSize + 4096, deadline_);
  ASSERT_TRUE(grown.ok());
  EXPECT_EQ(grown->disk.size_bytes, kSize + 4096);
  EXPECT_EQ(rds_.commands.back().values.at("file-size"), "1073745920");
}

TEST_F(VolumesTest, NeverShrinks) {
  const Volume volume = Created();
  rds_.calls = 0;
  EXPECT_EQ(volumes_.Grow(volume, kSize - 4096, deadline_).status().code(), Code::kOutOfRange);
  EXPECT_EQ(rds_.calls, 0);
}

TEST_F(VolumesTest, AGrowthThatDidNotHappenIsAnError) {
  const Volume volume = Created();
  rds_.ignores = {"file-size"};
  EXPECT_EQ(volumes_.Grow(volume, 2 * kSize, deadline_).status().code(), Code::kInternal);
}

TEST_F(VolumesTest, AFullPoolIsResourceExhausted) {
  const Volume volume = Created();
  EXPECT_EQ(volumes_.Grow(volume, int64_t{1} << 50, deadline_).status().code(),
            Code::kResourceExhausted);
}

TEST_F(VolumesTest, DeletesDiskThenFileInTwoRoundTrips) {
  const Volume volume = Created();
  rds_.calls = 0;
  rds_.journal.clear();
  ASSERT_TRUE(volumes_.Delete(volume, deadline_).ok());
  EXPECT_EQ(rds_.calls, 2);
  EXPECT_THAT(rds_.journal, ElementsAre("remove " + id_.Slot(),
                                        "remove-file " + volume.disk.file_path.substr(1)));
  EXPECT_TRUE(rds_.files.empty());
}

TEST_F(VolumesTest, DeletingTwiceIsSuccess) {
  const Volume volume = Created();
  ASSERT_TRUE(volumes_.Delete(volume, deadline_).ok());
  EXPECT_TRUE(volumes_.Delete(volume, deadline_).ok());
}

TEST_F(VolumesTest, RemovesNothingOfADiskWhoseFileItCannotName) {
  Created();
  Row()["file-path"] = "/storage-pool/csi/the old one.img";
  const Volume volume = **volumes_.Find(id_, deadline_);
  const absl::Status status = volumes_.Delete(volume, deadline_);
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("the old one.img"));
  EXPECT_TRUE(rds_.HasDisk(id_.Slot()));
}

TEST_F(VolumesTest, NeverRemovesTheFileOfADiskThatStays) {
  const Volume volume = Created();
  rds_.FailNext("/disk remove", Fault::kUnreachable);
  EXPECT_EQ(volumes_.Delete(volume, deadline_).code(), Code::kUnavailable);
  EXPECT_EQ(rds_.files.size(), 1u);
}

TEST_F(VolumesTest, ListsOursInOrderAndTellsTheRestApart) {
  for (const char* id : {"pvc-b", "pvc-a"}) {
    ASSERT_TRUE(
        volumes_
            .Create({*VolumeId::Parse(id), "/storage-pool/csi", kSize, 4420, "cluster"}, deadline_)
            .ok());
  }
  ASSERT_TRUE(
      volumes_
          .Create({*VolumeId::Parse("theirs"), "/storage-pool/csi", kSize, 4420, "b"}, deadline_)
          .ok());
  rds_.AddLegacyDisk("pvc-c", kSize);
  rds_.AddLegacyDisk("pvc-d", kSize)["file-path"] = "/storage-pool/csi-other/pvc-d.img";
  rds_.calls = 0;
  const auto listing = volumes_.List("cluster", {"/storage-pool/csi"}, deadline_);
  ASSERT_TRUE(listing.ok()) << Message(listing.status());
  EXPECT_EQ(rds_.calls, 1);
  std::vector<std::string> ids;
  for (const Volume& volume : listing->volumes) ids.push_back(volume.id.str());
  EXPECT_THAT(ids, ElementsAre("pvc-a", "pvc-b", "pvc-c"));
  EXPECT_EQ(listing->foreign.size(), 2u);
  EXPECT_EQ(listing->pools.size(), 1u);
  EXPECT_TRUE(listing->unreadable.empty());
}

TEST_F(VolumesTest, AListingNeverDropsWhatItCannotRead) {
  Created();
  Row()["comment"] = "rds-csi:9,strange";
  const auto listing = volumes_.List("cluster", {"/storage-pool/csi"}, deadline_);
  ASSERT_TRUE(listing.ok());
  ASSERT_EQ(listing->unreadable.size(), 1u);
  EXPECT_THAT(listing->unreadable[0], HasSubstr(id_.Slot()));
  EXPECT_EQ(listing->foreign.size(), 1u);  // its space counts
}

TEST_F(VolumesTest, AListingTellsNeitherOfTwoDisksThatClaimOneVolume) {
  Created();
  rds_.AddLegacyDisk("pvc-1", kSize);
  const auto listing = volumes_.List("cluster", {"/storage-pool/csi"}, deadline_);
  ASSERT_TRUE(listing.ok());
  EXPECT_TRUE(listing->volumes.empty());
  EXPECT_EQ(listing->unreadable.size(), 2u);
}

class LeftFilesTest : public VolumesTest {
 protected:
  LeftFilesTest() { Created(); }
  std::vector<std::string> Left() {
    const auto listing = volumes_.List("cluster", {"/storage-pool/csi"}, deadline_);
    return *volumes_.FindLeftFiles(*listing, {"/storage-pool/csi"}, deadline_);
  }
  std::string File(const std::string& random) const {
    return "storage-pool/csi/" + id_.Slot() + "-" + random + ".img";
  }
};

TEST_F(LeftFilesTest, ORP_1_FilesOfVolumesThatNoDiskHasAreFound) {
  EXPECT_THAT(Left(), IsEmpty());
  rds_.files.insert(File("01234567"));
  EXPECT_THAT(Left(), ElementsAre("/" + File("01234567")));
}

TEST_F(LeftFilesTest, ORP_1_ThoseOfOtherDisksAndWhateverElseLiesThereAreNot) {
  rds_.AddLegacyDisk("theirs", kSize)["file-path"] = "/" + File("89abcdef");
  const NewVolume of_another_cluster = {*VolumeId::Parse("pvc-9"), "/storage-pool/csi", kSize, 4420,
                                        "another"};
  ASSERT_TRUE(volumes_.Create(of_another_cluster, deadline_).ok());
  for (const std::string& other :
       {File("89abcdef"), File("0123456"), File("x1234567"),
        std::string("storage-pool/csi/backup.img"), "elsewhere/" + id_.Slot() + "-01234567.img"}) {
    rds_.files.insert(other);
  }
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(LeftFilesTest, ORP_1_NothingIsSaidWhileADiskCannotBeRead) {
  rds_.files.insert(File("01234567"));
  Row()["comment"] = "rds-csi:9,strange";
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(VolumesTest, ReadsTheVersionAndRefusesOldOnes) {
  EXPECT_EQ(*volumes_.CheckVersion(deadline_), "7.24.5");
  rds_.version = "7.20.8 (long-term)";
  EXPECT_EQ(volumes_.CheckVersion(deadline_).status().code(), Code::kFailedPrecondition);
}

TEST_F(VolumesTest, AnRdsThatDoesNotSayItsVersionIsNotTrusted) {
  class Silent final : public RosTransport {
    absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand&, absl::Time) override {
      return std::vector<RosRecord>{{{"uptime", "1d"}}};
    }
  } silent;
  EXPECT_EQ(RdsVolumes(silent, {}).CheckVersion(deadline_).status().code(), Code::kInternal);
}

TEST_F(VolumesTest, APoolIsTheFirstPartOfADirectory) {
  EXPECT_EQ(PoolOf("/storage-pool/csi/a"), "storage-pool");
  EXPECT_EQ(PoolOf("/storage-pool"), "storage-pool");
  EXPECT_EQ(PoolOf("storage-pool/a.img"), "storage-pool");
}

}  // namespace
}  // namespace rds_csi
