// SPDX-License-Identifier: Apache-2.0
#include "node/unpublish.h"

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class UnpublishTest : public NodeTest, public testing::WithParamInterface<bool> {
 protected:
  UnpublishTest() {
    EXPECT_TRUE(Stage(MakeStageRequest(GetParam())).ok());
    EXPECT_TRUE(Publish(MakePublishRequest(GetParam())).ok());
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, UnpublishTest, testing::Bool(),
                         [](const auto& block) { return block.param ? "Block" : "Filesystem"; });

TEST_P(UnpublishTest, PUB_7_MountAndTargetAreGone) {
  EXPECT_THAT(*Unpublish(kTarget), IsEmpty());
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
  EXPECT_FALSE(machine_.FindFile(kTarget).has_value());
}

TEST_P(UnpublishTest, PUB_7_EveryMountOnTheTargetIsTakenOff) {
  machine_.AddMount(machine_.mounts_at(kTarget)[0]);
  EXPECT_TRUE(Unpublish(kTarget).ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
}

TEST_P(UnpublishTest, PUB_7_WhenTimeRunsOutWhatIsStillMountedIsAnError) {
  machine_.AddMount(machine_.mounts_at(kTarget)[0]);
  machine_.SetOnEffect([this](const std::string& line) {
    if (line.starts_with("unmount")) machine_.clock().Advance(absl::Minutes(2));
  });
  EXPECT_EQ(Unpublish(kTarget).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_P(UnpublishTest, NotPublishedIsSuccess) {
  ASSERT_TRUE(Unpublish(kTarget).ok());
  EXPECT_TRUE(Unpublish(kTarget).ok());
}

TEST_P(UnpublishTest, PUB_7_ATargetThatCannotBeRemovedIsAWarning) {
  machine_.FailOn("rmdir", EACCES);
  machine_.FailOn("unlink", EACCES);
  const absl::StatusOr<Warnings> warnings = Unpublish(kTarget);
  ASSERT_TRUE(warnings.ok());
  ASSERT_THAT(*warnings, SizeIs(1));
  EXPECT_THAT((*warnings)[0], HasSubstr(kTarget));
}

TEST_P(UnpublishTest, ABusyTargetIsAnErrorAndStays) {
  machine_.FailOn("unmount", EBUSY);
  EXPECT_EQ(Unpublish(kTarget).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(machine_.FindFile(kTarget).has_value());
}

TEST_P(UnpublishTest, STL_6_NothingIsCheckedOnADeadDevice) {
  machine_.LoseConnection(id_.Nqn());
  EXPECT_TRUE(Unpublish(kTarget).ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
}

TEST_P(UnpublishTest, ATargetOutsideOfKubeletsDirectoryIsRefused) {
  EXPECT_EQ(Unpublish("/etc/passwd").status().code(), absl::StatusCode::kInvalidArgument);
}

class UnpublishDirectoryTest : public NodeTest {};

TEST_F(UnpublishDirectoryTest, Pain26_PUB_7_WhatLiesInTheTargetIsNeverDeleted) {
  machine_.AddDirectory(kTarget);
  machine_.AddFile(std::string(kTarget) + "/data", "precious");
  const absl::StatusOr<Warnings> warnings = Unpublish(kTarget);
  ASSERT_TRUE(warnings.ok());
  EXPECT_THAT(*warnings, SizeIs(1));
  EXPECT_EQ(machine_.ReadFile(std::string(kTarget) + "/data"), "precious");
}

}  // namespace
}  // namespace rds_csi
