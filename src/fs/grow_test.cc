// SPDX-License-Identifier: Apache-2.0
#include "fs/grow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/fake_host.h"

namespace rds_csi {
namespace {

class GrowTest : public testing::Test {
 protected:
  absl::Status Act(FsType type) {
    return Grow(machine_.host().exec, type, "/dev/nvme0n1", "/mnt",
                machine_.clock().Now() + absl::Seconds(5));
  }
  FakeHost machine_;
};

TEST_F(GrowTest, ExtGrowsByItsDevice) {
  EXPECT_TRUE(Act(FsType::kExt3).ok());
  EXPECT_THAT(machine_.journal(), testing::ElementsAre("resize2fs /dev/nvme0n1"));
}

TEST_F(GrowTest, XfsGrowsByItsMountPoint) {
  EXPECT_TRUE(Act(FsType::kXfs).ok());
  EXPECT_THAT(machine_.journal(), testing::ElementsAre("xfs_growfs /mnt"));
}

TEST_F(GrowTest, AFailureIsAnError) {
  machine_.SetProgram("resize2fs", {1, "", "no"});
  EXPECT_EQ(Act(FsType::kExt4).code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace rds_csi
