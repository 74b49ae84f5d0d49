// SPDX-License-Identifier: Apache-2.0
// An mkfs that was cut off is done again, and nothing else is ever formatted that is not blank.
#include "node/prepare.h"

#include <functional>

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class HalfFormattedTest : public NodeTest {
 protected:
  // mkfs is killed, and `left` is what it leaves behind.
  void CutOff(const StageRequest& request, const std::string& left) {
    machine_.FailOn("mkfs.", ETIMEDOUT);
    ASSERT_FALSE(Stage(request).ok());
    machine_.StopFailing();
    target_->contents = left;
    machine_.ClearJournal();
  }
  void ExpectLeftAlone(const StageRequest& request) {
    const std::string before = target_->contents;
    EXPECT_EQ(Stage(request).code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(target_->contents, before);
    EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("mkfs."))));
  }

  StageRequest request_ = MakeStageRequest(/*block=*/false);
};

TEST_F(HalfFormattedTest, BLK_8_AFormatThatWasCutOffIsDoneAgain) {
  for (const char* const left : {"data 1024", "filesystem ext4"}) {
    CutOff(request_, left);
    ASSERT_TRUE(Stage(request_).ok()) << left;
    EXPECT_THAT(machine_.journal(), Contains(StartsWith("mkfs.ext4 -q -F"))) << left;
    EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
    ASSERT_TRUE(Unstage().ok());
    target_->contents = "blank";
  }
}

TEST_F(HalfFormattedTest, OneThatLeftNothingNeedsNoForce) {
  CutOff(request_, "blank");
  ASSERT_TRUE(Stage(request_).ok());
  EXPECT_THAT(machine_.journal(), Contains(StartsWith("mkfs.ext4 -q -m0")));
}

TEST_F(HalfFormattedTest, ItIsKnownAlthoughTheCallFailedAndDisconnected) {
  CutOff(request_, "data 1024");
  EXPECT_THAT(Connected(), IsEmpty());
  ASSERT_TRUE(Record());
  EXPECT_EQ(Record()->phase, StagePhase::kFormatting);
}

TEST_F(HalfFormattedTest, WhatMkfsDoesNotLeaveIsLeftAlone) {
  for (const char* const left : {"other crypto_LUKS", "other ambivalent", "filesystem xfs"}) {
    CutOff(request_, left);
    ExpectLeftAlone(request_);
    ASSERT_TRUE(Unstage().ok());
    target_->contents = "blank";
  }
}

TEST_F(HalfFormattedTest, ALaterAttachmentFormatsNothing) {
  CutOff(request_, "data 1024");
  target_->hosts = {LaterIdentity().nqn};
  ExpectLeftAlone(MakeLaterRequest(/*block=*/false));
}

TEST_F(HalfFormattedTest, TheFirstAttachmentOfAVolumeThatWasMadeAnewFormatsNothing) {
  CutOff(request_, "data 1024");
  request_.target.host = Identity(1, /*incarnation=*/"5e6f7081");
  target_->hosts = {request_.target.host->nqn};
  ExpectLeftAlone(request_);
}

// All attachments of the former driver to a node look alike, and others may lie between two.
TEST_F(HalfFormattedTest, AnAttachmentOfTheFormerDriverFormatsNothingAgain) {
  target_->hosts.clear();
  request_.target.generation = 0;
  request_.target.host.reset();
  CutOff(request_, "data 1024");
  ExpectLeftAlone(request_);
}

TEST_F(HalfFormattedTest, HostAndGenerationMustBothBeTheAttachments) {
  CutOff(request_, "data 1024");
  const StagedVolume before = *Record();
  EXPECT_TRUE(IsHalfFormatted(before, before));
  StagedVolume other_host = before;
  other_host.host = LaterIdentity();
  EXPECT_FALSE(IsHalfFormatted(before, other_host));
  StagedVolume other_generation = before;
  other_generation.generation = 2;
  EXPECT_FALSE(IsHalfFormatted(before, other_generation));
}

TEST_F(HalfFormattedTest, ACopyIsNeverFormatted) {
  CutOff(request_, "data 1024");
  request_.target.formatting = Formatting::kNever;
  ExpectLeftAlone(request_);
}

TEST_F(HalfFormattedTest, AVolumeForReadingIsNeverFormatted) {
  CutOff(request_, "data 1024");
  request_.capability.mode = AccessMode::kSingleNodeReaderOnly;
  ExpectLeftAlone(request_);
}

TEST_F(HalfFormattedTest, WithoutTheRecordItIsDataOfSomebody) {
  CutOff(request_, "data 1024");
  ASSERT_TRUE(Unstage().ok());
  ExpectLeftAlone(request_);
}

// From the moment of the mount on, what is on the device is not mkfs's alone.
TEST_F(HalfFormattedTest, TheRecordSaysSoFromBeforeMkfsUntilAfterItAndNeverWhenMounting) {
  StagePhase at_mkfs = StagePhase::kStaged;
  StagePhase at_mount = StagePhase::kFormatting;
  machine_.SetOnEffect([&](const std::string& effect) {
    if (effect.starts_with("mkfs.")) at_mkfs = Record()->phase;
    if (effect.starts_with("mount ")) at_mount = Record()->phase;
  });
  ASSERT_TRUE(Stage(request_).ok());
  EXPECT_EQ(at_mkfs, StagePhase::kFormatting);
  EXPECT_EQ(at_mount, StagePhase::kStaging);
}

TEST_F(HalfFormattedTest, WithoutARecordNothingIsFormatted) {
  int puts = 0;
  machine_.SetOnEffect([&](const std::string& effect) {
    if (effect.starts_with("replace ") && ++puts == 2) machine_.FailOn("replace ", ENOSPC);
  });
  EXPECT_FALSE(Stage(request_).ok());
  EXPECT_EQ(target_->contents, "blank");
}

TEST_F(HalfFormattedTest, ARecordThatCannotBeTakenBackStopsTheMount) {
  machine_.SetOnEffect([&](const std::string& effect) {
    if (effect.starts_with("mkfs.")) machine_.FailOn("replace ", ENOSPC);
  });
  EXPECT_FALSE(Stage(request_).ok());
  EXPECT_THAT(machine_.mounts_at(kStaging), IsEmpty());
}

}  // namespace
}  // namespace rds_csi
