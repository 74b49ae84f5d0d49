// SPDX-License-Identifier: Apache-2.0
#include "node/needs.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

constexpr int64_t kLost = 1'800'000'000;
constexpr DeviceNumber kNumber = {259, 0};

NvmeController Live(const std::string& name) {
  return {.name = name, .state = "live", .address = "", .host_nqn = ""};
}

// Anchored, with a patience of ten minutes.
StagedVolume Anchored(int64_t lost = 0) {
  StagedVolume volume = {.id = *VolumeId::Parse("pvc-1"), .phase = StagePhase::kStaged};
  volume.staging_path = "/staging";
  volume.timeouts.anchor_seconds = 600;
  volume.device = kNumber;
  volume.size_bytes = 1;
  volume.lifeline = Lifeline::kAnchor;
  volume.lost_unix_seconds = lost;
  return volume;
}

StagedVolume GivenUp() {
  StagedVolume volume = Anchored(kLost);
  volume.lifeline = Lifeline::kGivenUp;
  return volume;
}

NvmeNamespace Device(int64_t size_bytes = 1) {
  NvmeNamespace device;
  device.device = "/dev/nvme0n1";
  device.number = kNumber;
  device.size_bytes = size_bytes;
  return device;
}

// The anchor keeps the device, and the kernel has given the connection up.
Link Kept() {
  return {.to_rds = {}, .to_anchor = {Live("nvme1")}, .device = Device(), .paths = {}};
}

// There is a live connection, but not to the device.
Link Torn() {
  Link link = Kept();
  link.to_rds = {Live("nvme0")};
  link.paths = {"nvme1"};
  return link;
}

Mount MountOf(DeviceNumber number, const std::string& target) {
  return {.target = target,
          .root = "/",
          .number = number,
          .fs_type = "ext4",
          .source = "",
          .options = {},
          .super_options = {}};
}

absl::Time After(int64_t seconds) { return absl::FromUnixSeconds(kLost + seconds); }

TEST(NeedsTest, STL_7_ThePatienceRunsFromTheMomentOfTheLoss) {
  EXPECT_FALSE(IsGivenUp(Anchored(kLost), Kept(), After(599)));
  EXPECT_TRUE(IsGivenUp(Anchored(kLost), Kept(), After(600)));
}

TEST(NeedsTest, STL_7_WithoutALossNoPatienceRuns) {
  EXPECT_FALSE(IsGivenUp(Anchored(/*lost=*/0), Kept(), After(100'000)));
}

TEST(NeedsTest, STL_7_WhileTheKernelConnectsAgainNothingIsGivenUp) {
  Link connecting = Kept();
  connecting.to_rds = {Live("nvme0")};
  connecting.to_rds[0].state = "connecting";
  EXPECT_FALSE(IsGivenUp(Anchored(kLost), connecting, After(100'000)));
}

TEST(NeedsTest, STL_7_WhatWasBegunToBeGivenUpIsFinished) {
  EXPECT_TRUE(IsGivenUp(GivenUp(), Kept(), After(0)));
  EXPECT_FALSE(IsGivenUp(GivenUp(), Link(), After(0)));
}

TEST(NeedsTest, STL_7_WhatHasNoAnchorHasNoPatience) {
  StagedVolume volume = Anchored(kLost);
  volume.lifeline = Lifeline::kRecovery;
  EXPECT_FALSE(IsGivenUp(volume, Link(), After(100'000)));
}

TEST(NeedsTest, STL_7_WhatAnAnchorKeepsIsGivenUpEvenIfItsMakingFailed) {
  StagedVolume volume = Anchored(kLost);
  volume.lifeline = Lifeline::kWanted;
  EXPECT_FALSE(IsGivenUp(volume, Kept(), After(599)));
  EXPECT_TRUE(IsGivenUp(volume, Kept(), After(600)));
}

TEST(NeedsTest, STL_8_OnlyWhatIsStagedOrBeingUnmountedIsConnected) {
  StagedVolume volume = Anchored(kLost);
  for (const StagePhase phase : {StagePhase::kStaging, StagePhase::kFormatting,
                                 StagePhase::kUnstaging, StagePhase::kEvicting}) {
    volume.phase = phase;
    EXPECT_FALSE(MayConnect(volume, Kept(), {}));
  }
  volume.phase = StagePhase::kUnmounting;
  EXPECT_TRUE(MayConnect(volume, Kept(), {}));
}

TEST(NeedsTest, STL_8_WhatIsLeftOfAnAttachmentThatIsOverIsToGo) {
  StagedVolume volume = Anchored();
  EXPECT_FALSE(IsToBeEvicted(volume, Kept()));
  volume.phase = StagePhase::kEvicting;
  EXPECT_TRUE(IsToBeEvicted(volume, Kept()));
  EXPECT_FALSE(IsToBeEvicted(volume, Link()));
}

TEST(NeedsTest, STL_7_WhatLeadsElsewhereIsNotConnectedOnceMore) {
  EXPECT_TRUE(IsLost(Torn()));
  EXPECT_FALSE(MayConnect(Anchored(kLost), Torn(), {}));
}

TEST(NeedsTest, STL_8_WhatWasGivenUpIsConnectedOnlyWhenNothingOfItIsLeft) {
  EXPECT_TRUE(MayConnect(GivenUp(), Link(), {}));
  Link orphan;
  orphan.device = Device();
  EXPECT_FALSE(MayConnect(GivenUp(), orphan, {}));
  EXPECT_FALSE(MayConnect(GivenUp(), Link(), {MountOf(kNumber, "/elsewhere")}));
  EXPECT_FALSE(MayConnect(GivenUp(), Link(), {MountOf({7, 7}, "/staging")}));
  EXPECT_TRUE(MayConnect(GivenUp(), Link(), {MountOf({7, 7}, "/elsewhere")}));
}

TEST(NeedsTest, STL_7_AnAnchorGrowsWhenItsDeviceHas) {
  Link link = Kept();
  EXPECT_FALSE(WantsGrowth(Anchored(), link));
  link.device = Device(/*size_bytes=*/2);
  EXPECT_TRUE(WantsGrowth(Anchored(), link));
  link.to_anchor.clear();
  EXPECT_FALSE(WantsGrowth(Anchored(), link)) << "it is to be made first";
}

TEST(NeedsTest, STL_7_AnAnchorThatIsGoneIsWantedAndWhereItIsOffNone) {
  EXPECT_FALSE(WantsLifeline(Anchored(), Kept()));
  EXPECT_TRUE(WantsLifeline(Anchored(), Link()));
  StagedVolume off = Anchored();
  off.lifeline = Lifeline::kOff;
  EXPECT_FALSE(WantsLifeline(off, Link()));
}

}  // namespace
}  // namespace rds_csi
