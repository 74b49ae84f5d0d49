// SPDX-License-Identifier: Apache-2.0
#include "controller/create.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"
#include "controller/delete.h"
#include "controller/room.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr int64_t kTerabyte = int64_t{1} << 40;

using CreateTest = ControllerFixture;

TEST_F(CreateTest, VOL_1_AnXfsVolumeIsNeverSmallerThanMkfsTakes) {
  CreateRequest request = Request("pvc-1", 64 * kMiB);
  request.capabilities = {{.block = false, .fs_type = "xfs", .mount_flags = {}, .mode = {}}};
  EXPECT_EQ(CreateVolume(controller(), request, deadline_)->capacity_bytes, kMinimumXfsSize);
}

TEST_F(CreateTest, VOL_1_AnswersTheSizeThatTheRdsSays) {
  const auto created = Create();
  ASSERT_TRUE(created.ok()) << Message(created.status());
  EXPECT_EQ(created->capacity_bytes, kSize);
  EXPECT_THAT(rds_.journal, ElementsAre("add " + id_.Slot()));
}

TEST_F(CreateTest, VOL_1_SizesAreExactToTheByte) {
  const int64_t odd = (int64_t{3} << 29) + 4096;
  EXPECT_EQ(Create("pvc-1", odd)->capacity_bytes, odd);
  EXPECT_EQ(Row().at("size"), std::to_string(odd));
}

TEST_F(CreateTest, ATT_10_ANewVolumeIsNotExported) {
  ASSERT_TRUE(Create().ok());
  EXPECT_FALSE(Exported());
}

TEST_F(CreateTest, VOL_4_TheContextIsWhatTheFormerDriverWrote) {
  const StringMap context = Create()->context;
  EXPECT_EQ(context.at("rdsAddress"), "rds.example");
  EXPECT_EQ(context.at("nvmeAddress"), "10.0.0.1");
  EXPECT_EQ(context.at("nvmePort"), "4420");
  EXPECT_EQ(context.at("nqn"), id_.Nqn());
  EXPECT_THAT(context.at("volumePath"), StartsWith("/storage-pool/csi/" + id_.Slot()));
}

TEST_F(CreateTest, VOL_3_TheStorageClassPicksAddressPortAndDirectory) {
  CreateRequest request = Request();
  request.storage_class = *ParseStorageClass(
      {{"nvmeAddress", "fd00::9"}, {"nvmePort", "4421"}, {"volumePath", "/storage-pool/csi/fast"}},
      config_.base_paths);
  const auto created = CreateVolume(controller(), request, deadline_);
  ASSERT_TRUE(created.ok()) << Message(created.status());
  EXPECT_EQ(created->context.at("nvmeAddress"), "fd00::9");
  EXPECT_EQ(created->context.at("nvmePort"), "4421");
  EXPECT_EQ(Row().at("nvme-tcp-server-port"), "4421");
  EXPECT_THAT(Row().at("file-path"), StartsWith("/storage-pool/csi/fast/"));
}

TEST_F(CreateTest, CostsTwoRoundTripsOnceTheRoomIsKnown) {
  ASSERT_TRUE(Create("pvc-0").ok());
  EXPECT_EQ(rds_.calls, 3);  // the first one lists the disks to learn how much room there is
  Forget();
  ASSERT_TRUE(Create("pvc-1").ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(CreateTest, LearnsTheRoomAgainWhenNobodyHasListedForAWhile) {
  ASSERT_TRUE(Create("pvc-0").ok());
  clock_.Advance(PoolRoom::kFresh + absl::Seconds(1));
  Forget();
  ASSERT_TRUE(Create("pvc-1").ok());
  EXPECT_EQ(rds_.calls, 3);
}

TEST_F(CreateTest, VOL_1_TheSameNameAndSizeIsTheSameVolume) {
  const auto first = Create();
  Forget();
  const auto second = Create();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->context, first->context);
  EXPECT_EQ(second->capacity_bytes, first->capacity_bytes);
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(CreateTest, VOL_1_TheSameNameWithAnotherSizeIsAlreadyExists) {
  GivenVolume();
  EXPECT_EQ(Create("pvc-1", 2 * kSize).status().code(), Code::kAlreadyExists);
}

TEST_F(CreateTest, TheSameNameInAnotherClusterIsAlreadyExists) {
  GivenVolume();
  config_.cluster_id = "other";
  const auto created = Create();
  EXPECT_EQ(created.status().code(), Code::kAlreadyExists);
  EXPECT_THAT(Message(created.status()), HasSubstr("cluster cluster"));
}

TEST_F(CreateTest, VOL_2_FindsTheVolumeOfTheFormerDriver) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  ASSERT_TRUE(Create().ok());
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(CreateTest, Pain21_ALostReplyIsLookedUpAndNotRepeated) {
  rds_.FailNext("/disk add", Fault::kLostReply);
  const auto created = Create();
  ASSERT_TRUE(created.ok()) << Message(created.status());
  EXPECT_THAT(rds_.journal, ElementsAre("add " + id_.Slot()));
}

TEST_F(CreateTest, ACommandThatNeverArrivedStaysAnUnknownOutcome) {
  rds_.FailNext("/disk add", Fault::kNeverArrives);
  EXPECT_EQ(Create().status().code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(Create().ok());
}

TEST_F(CreateTest, ASlotThatWasTakenMeanwhileIsLookedAtAgain) {
  bool done = false;
  rds_.before = [&](const RosCommand& command) {
    if (done || command.verb != RosCommand::Verb::kAdd) return;
    done = true;
    ASSERT_TRUE(
        volumes_->Create({id_, "/storage-pool/csi", kSize, 4420, "cluster"}, deadline_).ok());
  };
  EXPECT_TRUE(Create().ok());
}

TEST_F(CreateTest, AnRdsThatCannotBeReachedIsUnavailable) {
  rds_.unreachable = true;
  EXPECT_EQ(Create().status().code(), Code::kUnavailable);
}

TEST_F(CreateTest, AMissingPoolIsNamed) {
  rds_.disks.clear();
  const auto created = Create();
  EXPECT_EQ(created.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(created.status()), HasSubstr("storage-pool"));
}

TEST_F(CreateTest, APoolThatIsNotInOrderIsNamedWithItsState) {
  rds_.disks[0]["state"] = "degraded";
  const auto created = Create();
  EXPECT_EQ(created.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(created.status()), HasSubstr("degraded"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(CreateTest, APoolThatResynchronisesIsInOrder) {
  rds_.disks[0]["state"] = "clean, sync:repair, resync = 12%";
  EXPECT_TRUE(Create().ok());
}

TEST_F(CreateTest, APoolWithoutAStateIsInOrder) {
  rds_.disks[0].erase("state");
  EXPECT_TRUE(Create().ok());
}

TEST_F(CreateTest, AListingThatWasMadeForOthersSavesItsOwn) {
  ASSERT_TRUE(ListEverything(controller(), deadline_).ok());
  Forget();
  ASSERT_TRUE(Create().ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(CreateTest, AListingTellsNothingOfTheRoomOnAPoolThatIsNotInOrder) {
  rds_.disks[0]["state"] = "degraded";
  ASSERT_TRUE(ListEverything(controller(), deadline_).ok());
  EXPECT_EQ(Create().status().code(), Code::kFailedPrecondition);
}

TEST_F(CreateTest, Pain32_NeverPromisesMoreThanThePoolHolds) {
  // The file is sparse: nothing of it is used yet, and still all of it is promised.
  ASSERT_TRUE(Create("pvc-0", kTerabyte / 2).ok());
  rds_.disks[0]["free"] = std::to_string(kTerabyte);
  const auto created = Create("pvc-1", kTerabyte / 2 + 4096);
  EXPECT_EQ(created.status().code(), Code::kResourceExhausted);
  EXPECT_THAT(Message(created.status()), HasSubstr("storage-pool"));
  EXPECT_TRUE(Create("pvc-2", kTerabyte / 2).ok());
}

TEST_F(CreateTest, NeverPromisesMoreThanIsFree) {
  rds_.disks[0]["free"] = std::to_string(kSize);
  EXPECT_EQ(Create("pvc-1", kSize + 4096).status().code(), Code::kResourceExhausted);
}

TEST_F(CreateTest, ANoIsCheckedBeforeItIsSaid) {
  ASSERT_TRUE(Create("pvc-0", kTerabyte).ok());
  rds_.disks.pop_back();  // somebody else removed it
  rds_.disks[0]["free"] = std::to_string(kTerabyte);
  EXPECT_TRUE(Create("pvc-1", kTerabyte).ok());
}

TEST_F(CreateTest, RoomThatADeleteSetFreeIsRoomAgain) {
  ASSERT_TRUE(Create("pvc-0", kTerabyte).ok());
  ASSERT_TRUE(DeleteVolume(controller(), Id("pvc-0"), deadline_).ok());
  Forget();
  ASSERT_TRUE(Create("pvc-1", kTerabyte).ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(CreateTest, ACreateThatFailedTakesNoRoom) {
  ASSERT_TRUE(Create("pvc-0").ok());
  rds_.FailNext("/disk add", Fault::kUnreachable);
  EXPECT_EQ(Create("pvc-1", kTerabyte - kSize).status().code(), Code::kUnavailable);
  Forget();
  EXPECT_TRUE(Create("pvc-1", kTerabyte - kSize).ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(CreateTest, AnUnknownOutcomeKeepsItsRoomUntilTheNextReading) {
  ASSERT_TRUE(Create("pvc-0").ok());
  rds_.FailNext("/disk add", Fault::kNeverArrives);
  EXPECT_EQ(Create("pvc-1", kTerabyte / 2).status().code(), Code::kDeadlineExceeded);
  Forget();
  EXPECT_TRUE(Create("pvc-2", kTerabyte / 4 * 3).ok());
  EXPECT_EQ(rds_.calls, 3);
}

TEST_F(CreateTest, ATT_11_AStrangeDiskInTheSlotIsNeverTakenForTheVolume) {
  GivenVolume();
  Row()["comment"] = "";
  EXPECT_EQ(Create().status().code(), Code::kFailedPrecondition);
}

TEST_F(CreateTest, ALimitBelowTheRequirementIsOutOfRangeBeforeTheRdsIsAsked) {
  CreateRequest request = Request();
  request.range.limit_bytes = kSize - 4096;
  EXPECT_EQ(CreateVolume(controller(), request, deadline_).status().code(), Code::kOutOfRange);
  EXPECT_EQ(rds_.calls, 0);
}

}  // namespace
}  // namespace rds_csi
