// SPDX-License-Identifier: Apache-2.0
#include "node/usage.h"

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

class UsageTest : public NodeTest {
 protected:
  void Prepare(bool block) {
    ASSERT_TRUE(Stage(MakeStageRequest(block)).ok());
    ASSERT_TRUE(Publish(MakePublishRequest(block)).ok());
  }
  absl::StatusOr<VolumeUsage> Act(const std::string& path) {
    return GetVolumeUsage(node(), {.id = id_, .volume_path = path}, Soon());
  }
};

TEST_F(UsageTest, AFilesystemTellsBytesAndInodes) {
  Prepare(/*block=*/false);
  EXPECT_EQ(Act(kTarget)->filesystem, (Usage{1000, 400, 600, 100, 10, 90}));
}

TEST_F(UsageTest, ABlockDeviceTellsItsSize) {
  Prepare(/*block=*/true);
  EXPECT_EQ(Act(kTarget)->block_bytes, kVolumeSize);
}

TEST_F(UsageTest, NothingAtThePathIsNotFound) {
  Prepare(/*block=*/false);
  machine_.AddDirectory(kOtherTarget);
  for (const char* path : {"/var/lib/kubelet/none", kOtherTarget, "some/path", "/etc"}) {
    EXPECT_EQ(Act(path).status().code(), absl::StatusCode::kNotFound) << path;
  }
}

TEST_F(UsageTest, STL_5_AMountWhoseDeviceIsGoneIsAbnormalAndIsNotTouched) {
  Prepare(/*block=*/false);
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn("statfs", ETIMEDOUT);
  const absl::StatusOr<VolumeUsage> usage = Act(kTarget);
  ASSERT_TRUE(usage.ok());
  EXPECT_FALSE(usage->filesystem.has_value());
  EXPECT_THAT(usage->abnormal, HasSubstr("259:0"));
}

TEST_F(UsageTest, STL_5_ADeadFilesystemWhoseRootAnswersErrorsIsAbnormal) {
  Prepare(/*block=*/false);
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn(std::string("stat ") + kTarget, EIO);
  const absl::StatusOr<VolumeUsage> usage = Act(kTarget);
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_FALSE(usage->filesystem.has_value());
  EXPECT_THAT(usage->abnormal, HasSubstr("259:0"));
}

TEST_F(UsageTest, APathThatCannotBeLookedAtAndIsNoMountIsAnError) {
  Prepare(/*block=*/false);
  machine_.AddDirectory(kOtherTarget);
  machine_.FailOn(std::string("stat ") + kOtherTarget, EIO);
  EXPECT_EQ(Act(kOtherTarget).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(UsageTest, STL_5_ABlockDeviceThatCameBackUnderAnotherNumberIsAbnormal) {
  Prepare(/*block=*/true);
  const DeviceNumber old = machine_.FindFile(kTarget)->number;
  machine_.LoseConnection(id_.Nqn());
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  EXPECT_THAT(Act(kTarget)->abnormal, HasSubstr(ToString(old)));
}

}  // namespace
}  // namespace rds_csi
