// SPDX-License-Identifier: Apache-2.0
#include "fs/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "base/status.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::Each;
using testing::Not;

TEST(FormatTest, NoToolIsForcedOnADeviceThatWasBlank) {  // mkfs.ext4 -F, mkfs.xfs -f
  for (const FsType type : {FsType::kExt3, FsType::kExt4, FsType::kXfs}) {
    EXPECT_THAT(FormatCommand(type, "/dev/x", FormatOver::kBlank),
                Each(Not(testing::AnyOf("-F", "-f", "-FF"))));
  }
}

TEST(FormatTest, OverWhatItLeftUnfinishedItIsForced) {
  EXPECT_THAT(FormatCommand(FsType::kExt4, "/dev/x", FormatOver::kUnfinished), Contains("-F"));
  EXPECT_THAT(FormatCommand(FsType::kXfs, "/dev/x", FormatOver::kUnfinished), Contains("-f"));
}

TEST(FormatTest, TheToolOfTheTypeIsRun) {
  EXPECT_EQ(FormatCommand(FsType::kExt3, "/dev/x", FormatOver::kBlank).front(), "mkfs.ext3");
  EXPECT_EQ(FormatCommand(FsType::kXfs, "/dev/x", FormatOver::kBlank).front(), "mkfs.xfs");
}

class FormatRunTest : public testing::Test {
 protected:
  absl::Status Act() {
    return Format(machine_.host().exec, FsType::kExt4, "/dev/nvme0n1", FormatOver::kBlank,
                  machine_.clock().Now() + absl::Seconds(5));
  }
  FakeHost machine_;
};

TEST_F(FormatRunTest, ItsWordsAreInTheError) {
  machine_.SetProgram("mkfs.ext4", {1, "", "mkfs.ext4: No space left\n"});
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status), testing::HasSubstr("mkfs.ext4: No space left"));
}

TEST_F(FormatRunTest, AMissingToolIsNamed) {
  machine_.FailOn("mkfs.ext4", ENOENT);
  EXPECT_EQ(Act(), absl::FailedPreconditionError("mkfs.ext4 is not installed beside the driver"));
}

TEST_F(FormatRunTest, AHangingToolIsKilledAtTheDeadline) {
  machine_.FailOn("mkfs.ext4", ETIMEDOUT);
  EXPECT_EQ(Act().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace rds_csi
