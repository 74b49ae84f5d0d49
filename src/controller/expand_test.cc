// SPDX-License-Identifier: Apache-2.0
#include "controller/expand.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ExpandTest : public ControllerFixture {
 protected:
  absl::StatusOr<int64_t> Expand(int64_t required, int64_t limit = 0) {
    return ExpandVolume(controller(), id_, {required, limit}, deadline_);
  }
};

TEST_F(ExpandTest, VOL_1_GrowsInTwoRoundTripsAndAnswersWhatTheRdsSays) {
  GivenVolume();
  EXPECT_EQ(*Expand(kSize + 1), kSize + 4096);
  EXPECT_EQ(rds_.calls, 2);
  EXPECT_EQ(Row().at("size"), std::to_string(kSize + 4096));
}

TEST_F(ExpandTest, VOL_1_GrowsWhileAttached) {
  GivenVolume();
  GivenAttached("node-a");
  EXPECT_EQ(*Expand(2 * kSize), 2 * kSize);
  EXPECT_TRUE(Exported());
}

TEST_F(ExpandTest, VOL_1_ASizeThatIsThereAlreadyIsSuccess) {
  GivenVolume();
  EXPECT_EQ(*Expand(kSize), kSize);
  EXPECT_EQ(*Expand(kSize / 2), kSize);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ExpandTest, ALostReplyIsUnknownAndTheRetrySucceeds) {
  GivenVolume();
  rds_.FailNext("/disk set", Fault::kLostReply);
  EXPECT_EQ(Expand(2 * kSize).status().code(), Code::kDeadlineExceeded);
  EXPECT_EQ(*Expand(2 * kSize), 2 * kSize);
}

TEST_F(ExpandTest, AnUnknownVolumeIsNotFound) {
  EXPECT_EQ(Expand(kSize).status().code(), Code::kNotFound);
}

TEST_F(ExpandTest, ALimitBelowThePresentSizeIsOutOfRange) {
  GivenVolume();
  EXPECT_EQ(Expand(kSize / 4, kSize / 2).status().code(), Code::kOutOfRange);
}

TEST_F(ExpandTest, NeverPromisesMoreThanThePoolHolds) {
  GivenVolume();
  const auto grown = Expand(int64_t{2} << 40);
  EXPECT_EQ(grown.status().code(), Code::kResourceExhausted);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ExpandTest, AVolumeWhosePoolIsNotMountedIsNotGrown) {
  GivenVolume();
  clock_.Advance(absl::Hours(1));  // What is known of its room is too old by then.
  rds_.disks.front()["mount-point"] = "";
  const auto grown = Expand(2 * kSize);
  EXPECT_EQ(grown.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(grown.status()), HasSubstr("nothing is mounted at storage-pool"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ExpandTest, VOL_2_GrowsAVolumeOfTheFormerDriver) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  EXPECT_EQ(*Expand(2 * kSize), 2 * kSize);
}

TEST_F(ExpandTest, AnotherClustersVolumeIsNotTouched) {
  GivenVolume();
  config_.cluster_id = "other";
  EXPECT_EQ(Expand(2 * kSize).status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ExpandTest, AnRdsThatCannotBeReachedIsUnavailable) {
  GivenVolume();
  rds_.unreachable = true;
  EXPECT_EQ(Expand(2 * kSize).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rds_csi
