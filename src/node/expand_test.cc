// SPDX-License-Identifier: Apache-2.0
#include "node/expand.h"

#include <algorithm>

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

constexpr int64_t kGrown = 2 * kVolumeSize;

class ExpandTest : public NodeTest {
 protected:
  void Prepare(bool block, const std::string& fs_type = "") {
    StageRequest stage = MakeStageRequest(block);
    stage.capability.fs_type = fs_type;
    ASSERT_TRUE(Stage(stage).ok());
    ASSERT_TRUE(Publish(MakePublishRequest(block)).ok());
    machine_.ClearJournal();
    target_->size_bytes = kGrown;
  }
  absl::StatusOr<int64_t> Act(const std::string& path, int64_t required = kGrown) {
    return ExpandOnNode(node(), {.id = id_, .volume_path = path, .range = {required, 0}}, Soon());
  }
};

TEST_F(ExpandTest, TheFilesystemGrowsAfterTheDeviceHas) {
  Prepare(/*block=*/false);
  EXPECT_EQ(*Act(kTarget), kGrown);
  EXPECT_THAT(machine_.journal(),
              testing::ElementsAre("write /sys/class/nvme/nvme0/rescan_controller",
                                   "resize2fs /dev/nvme0n1"));
}

TEST_F(ExpandTest, APathOutsideOfKubeletsDirectoryIsNotEvenLookedAt) {
  Prepare(/*block=*/false);
  Mount elsewhere = machine_.mounts_at(kTarget).at(0);
  elsewhere.target = "/etc/elsewhere";
  machine_.AddDirectory(elsewhere.target);
  machine_.AddMount(elsewhere);
  EXPECT_EQ(Act("/etc/elsewhere").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(machine_.journal(), testing::IsEmpty());
}

TEST_F(ExpandTest, XfsGrowsByItsMountPoint) {
  Prepare(/*block=*/false, "xfs");
  ASSERT_TRUE(Act(kTarget).ok());
  EXPECT_THAT(machine_.journal(), Contains(std::string("xfs_growfs ") + kTarget));
}

TEST_F(ExpandTest, TheStagingPathServesAsWell) {
  Prepare(/*block=*/false);
  EXPECT_EQ(*Act(kStaging), kGrown);
}

TEST_F(ExpandTest, ABlockVolumeAnswersItsNewSize) {
  Prepare(/*block=*/true);
  EXPECT_EQ(*Act(kTarget), kGrown);
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("resize2fs"))));
}

TEST_F(ExpandTest, ABlockVolumeAnswersAtItsStagingPathToo) {
  Prepare(/*block=*/true);
  EXPECT_EQ(*Act(kStaging), kGrown);
}

TEST_F(ExpandTest, VOL_1_TheAnswerIsTheMeasuredSize) {
  Prepare(/*block=*/false);
  target_->size_bytes = kVolumeSize + 8192;
  EXPECT_EQ(*Act(kTarget, kVolumeSize + 4096), kVolumeSize + 8192);
}

TEST_F(ExpandTest, ADeviceThatDoesNotGrowIsUnavailableAndTheFilesystemIsLeft) {
  Prepare(/*block=*/false);
  target_->size_bytes = kVolumeSize;
  EXPECT_EQ(Act(kTarget).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("resize2fs"))));
}

TEST_F(ExpandTest, GrowingAgainIsSuccess) {
  Prepare(/*block=*/false);
  ASSERT_TRUE(Act(kTarget).ok());
  EXPECT_EQ(*Act(kTarget), kGrown);
}

TEST_F(ExpandTest, AToolThatFailsIsAnErrorWithItsWords) {
  Prepare(/*block=*/false);
  machine_.SetProgram("resize2fs", {1, "", "Permission denied to resize filesystem"});
  const absl::Status status = Act(kTarget).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status), testing::HasSubstr("Permission denied to resize"));
}

TEST_F(ExpandTest, APathWithoutTheVolumeIsNotFound) {
  Prepare(/*block=*/false);
  for (const char* path : {"/var/lib/kubelet/pods/none", "/etc", "some/path"}) {
    EXPECT_EQ(Act(path).status().code(), absl::StatusCode::kNotFound) << path;
  }
}

TEST_F(ExpandTest, AnotherFilesystemAtThePathIsNeverGrown) {
  Prepare(/*block=*/false);
  machine_.AddDirectory(kOtherTarget);
  machine_.AddMount(kOtherTarget, {8, 1}, "ext4", "/dev/sda1");
  EXPECT_EQ(Act(kOtherTarget).status().code(), absl::StatusCode::kNotFound);
}

class ExpandAnchoredTest : public AnchoredTest {};

TEST_F(ExpandAnchoredTest, STL_7_TheAnchorGrowsBeforeTheFilesystem) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  machine_.ClearJournal();
  target_->size_bytes = kGrown;
  EXPECT_EQ(
      *ExpandOnNode(node(), {.id = id_, .volume_path = kStaging, .range = {kGrown, 0}}, Soon()),
      kGrown);
  const std::vector<std::string> journal = machine_.journal();
  const auto place = [&](const char* start) {
    return std::ranges::find_if(journal, [&](const auto& line) { return line.starts_with(start); });
  };
  ASSERT_NE(place("dmsetup"), journal.end());
  EXPECT_LT(place("dmsetup"), place("resize2fs"));
  EXPECT_EQ(Record()->size_bytes, kGrown);
}

}  // namespace
}  // namespace rds_csi
