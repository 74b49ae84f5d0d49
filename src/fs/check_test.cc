// SPDX-License-Identifier: Apache-2.0
#include "fs/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

class CheckTest : public testing::Test {
 protected:
  absl::Status Act(FsType type = FsType::kExt4) {
    return Check(machine_.host().exec, type, "/dev/nvme0n1",
                 machine_.clock().Now() + absl::Seconds(5));
  }
  FakeHost machine_;
};

TEST_F(CheckTest, AHealthyFilesystemPasses) { EXPECT_TRUE(Act().ok()); }

TEST_F(CheckTest, ARepairedFilesystemPasses) {  // exit status 1: errors were corrected
  for (const int code : {1, 2, 3}) {
    machine_.SetProgram("e2fsck", {code, "recovering journal", ""});
    EXPECT_TRUE(Act().ok()) << code;
  }
}

TEST_F(CheckTest, Pain18_ADamagedFilesystemNeedsAHuman) {
  machine_.SetProgram("e2fsck", {4, "UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.", ""});
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), testing::HasSubstr("UNEXPECTED INCONSISTENCY"));
}

TEST_F(CheckTest, ACheckThatCouldNotBeDoneIsUnavailable) {  // 8: operational error
  machine_.SetProgram("e2fsck", {8, "", "Input/output error"});
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
}

TEST_F(CheckTest, XfsIsLeftToTheKernel) {
  EXPECT_TRUE(Act(FsType::kXfs).ok());
  EXPECT_THAT(machine_.journal(), testing::IsEmpty());
}

}  // namespace
}  // namespace rds_csi
