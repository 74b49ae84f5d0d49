// SPDX-License-Identifier: Apache-2.0
#include "controller/capacity.h"

#include "controller/controller_fixture.h"
#include "model/capacity.h"

namespace rds_csi {
namespace {

constexpr int64_t kTerabyte = int64_t{1} << 40;

class CapacityTest : public ControllerFixture {
 protected:
  Capacity Get(const std::string& directory = "/storage-pool/csi") {
    return *GetCapacity(controller(), directory, deadline_);
  }
};

TEST_F(CapacityTest, VOL_1_AnEmptyPoolIsAllRoom) {
  EXPECT_EQ(Get().available_bytes, kTerabyte);
  EXPECT_EQ(Get().maximum_volume_bytes, kTerabyte);
  EXPECT_EQ(Get().minimum_volume_bytes, kMinimumSize);
}

TEST_F(CapacityTest, WhatSparseFilesMayStillClaimIsNoRoom) {
  GivenVolume();
  rds_.disks[0]["free"] = std::to_string(kTerabyte);
  EXPECT_EQ(Get().available_bytes, kTerabyte - kSize);
}

TEST_F(CapacityTest, FilesOfOthersTakeRoomToo) {
  rds_.AddLegacyDisk("pvc-9", kSize)["file-path"] = "/storage-pool/private/x.img";
  EXPECT_EQ(Get().available_bytes, kTerabyte - kSize);
}

TEST_F(CapacityTest, FilesOnOtherPoolsDoNot) {
  rds_.AddLegacyDisk("pvc-9", kSize)["file-path"] = "/other/x.img";
  EXPECT_EQ(Get().available_bytes, kTerabyte);
}

TEST_F(CapacityTest, WhatIsNotFreeIsNoRoomHoweverItWasUsed) {
  rds_.disks[0]["free"] = "4096";
  EXPECT_EQ(Get().available_bytes, 4096);
}

TEST_F(CapacityTest, IsNeverNegative) {
  rds_.AddLegacyDisk("pvc-9", 2 * kTerabyte);
  EXPECT_EQ(Get().available_bytes, 0);
}

TEST_F(CapacityTest, TheLargestVolumeIsAWholeNumberOfSteps) {
  rds_.disks[0]["free"] = "10000";
  EXPECT_EQ(Get().maximum_volume_bytes, 8192);
}

TEST_F(CapacityTest, APoolThatIsMissingOrNotInOrderHasNoRoom) {
  EXPECT_EQ(Get("/elsewhere/csi").available_bytes, 0);
  rds_.disks[0]["state"] = "failed";
  EXPECT_EQ(Get().available_bytes, 0);
}

TEST_F(CapacityTest, AnRdsThatCannotBeReachedIsNotAFullPool) {
  rds_.unreachable = true;
  EXPECT_EQ(GetCapacity(controller(), "/storage-pool/csi", deadline_).status().code(),
            Code::kUnavailable);
}

}  // namespace
}  // namespace rds_csi
