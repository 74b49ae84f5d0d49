// SPDX-License-Identifier: Apache-2.0
#include "controller/delete.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DeleteTest : public ControllerFixture {
 protected:
  absl::Status Delete() { return DeleteVolume(controller(), id_, deadline_); }
};

TEST_F(DeleteTest, VOL_1_RemovesDiskAndFileInThreeRoundTrips) {
  GivenVolume();
  ASSERT_TRUE(Delete().ok());
  EXPECT_EQ(rds_.calls, 3);
  EXPECT_FALSE(rds_.HasDisk(id_.Slot()));
  EXPECT_THAT(rds_.files, IsEmpty());
}

TEST_F(DeleteTest, VOL_1_AVolumeThatIsNotThereIsSuccess) {
  EXPECT_TRUE(Delete().ok());
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(DeleteTest, NeverDeletesWhatIsAttached) {
  GivenVolume();
  GivenAttached("node-a");
  const absl::Status status = Delete();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("node-a"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(DeleteTest, NeverDeletesAnotherClustersVolume) {
  GivenVolume();
  config_.cluster_id = "other";
  EXPECT_EQ(Delete().code(), Code::kFailedPrecondition);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(DeleteTest, NeverDeletesWhatItCannotProveToBeTheVolume) {
  GivenVolume();
  Row()["comment"] = "";
  EXPECT_EQ(Delete().code(), Code::kFailedPrecondition);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(DeleteTest, VOL_2_AVolumeOfTheFormerDriverIsCutOffFirst) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  ASSERT_TRUE(Delete().ok());
  EXPECT_THAT(rds_.journal, ElementsAre("set pvc-1 nvme-tcp-export=no", "sessions dropped pvc-1",
                                        "remove pvc-1", "remove-file storage-pool/csi/pvc-1.img"));
}

TEST_F(DeleteTest, AnRdsThatCannotBeReachedIsNotSuccess) {
  rds_.unreachable = true;
  EXPECT_EQ(Delete().code(), Code::kUnavailable);
}

TEST_F(DeleteTest, ALostReplyIsNotSuccessAndTheRetryIs) {
  GivenVolume();
  rds_.FailNext("/disk remove", Fault::kNeverArrives);
  EXPECT_EQ(Delete().code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(rds_.HasDisk(id_.Slot()));
  EXPECT_TRUE(Delete().ok());
  EXPECT_THAT(rds_.files, IsEmpty());
}

TEST_F(DeleteTest, AFileThatCouldNotBeRemovedIsNotSuccess) {
  GivenVolume();
  rds_.FailNext("/file remove", Fault::kUnreachable);
  EXPECT_EQ(Delete().code(), Code::kUnavailable);
}

TEST_F(DeleteTest, Incident06_TheRetryRemovesAFileThatWasLeftWithoutItsDisk) {
  GivenVolume();
  rds_.FailNext("/file remove", Fault::kUnreachable);
  ASSERT_FALSE(Delete().ok());
  ASSERT_FALSE(rds_.HasDisk(id_.Slot()));
  EXPECT_TRUE(Delete().ok());
  EXPECT_THAT(rds_.files, IsEmpty());
}

TEST_F(DeleteTest, FilesOfOthersAreNeverTakenForLeftOnes) {
  const std::string slot = id_.Slot();
  rds_.files = {"storage-pool/csi/pvc-1.img", "storage-pool/" + slot + ".img",
                "storage-pool/csi/" + slot + "-0a1b2c3d.txt", "x" + slot + "-0a1b2c3d.img"};
  const std::set<std::string> before = rds_.files;
  ASSERT_TRUE(Delete().ok());
  EXPECT_EQ(rds_.files, before);
}

TEST_F(DeleteTest, NeverRemovesTheFileOfADiskThatWasPutIntoAnotherSlot) {
  GivenVolume();
  GivenAttached("node-a");
  Row()["slot"] = "renamed";
  const size_t files = rds_.files.size();
  EXPECT_EQ(Delete().code(), Code::kFailedPrecondition);
  EXPECT_EQ(rds_.files.size(), files);
}

}  // namespace
}  // namespace rds_csi
