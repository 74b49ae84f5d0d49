// SPDX-License-Identifier: Apache-2.0
#include "fs/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "base/status.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

using Kind = Contents::Kind;

TEST(ProbeTest, TheThreeAnswers) {
  EXPECT_EQ(ParseContents("blank\n")->kind, Kind::kBlank);
  EXPECT_EQ(ParseContents("filesystem ext4\n")->kind, Kind::kFilesystem);
  EXPECT_EQ(ParseContents("filesystem ext4\n")->what, "ext4");
  EXPECT_EQ(ParseContents("other a gpt partition table\n")->kind, Kind::kOther);
  EXPECT_EQ(ParseContents("other a gpt partition table\n")->what, "a gpt partition table");
}

TEST(ProbeTest, AnyOtherAnswerIsAnErrorAndNeverBlank) {
  for (const char* line : {"", "blank blank", "blan", "filesystem", "Blank", "ext4"}) {
    EXPECT_EQ(ParseContents(line).status().code(), absl::StatusCode::kInternal) << line;
  }
}

TEST(ProbeTest, Incident05_ADeviceThatCannotBeReadIsAnErrorAndNeverBlank) {
  FakeHost machine;
  machine.FailOn("probe", EIO);
  const auto contents =
      Probe(machine.host().exec, "/dev/nvme0n1", machine.clock().Now() + absl::Seconds(5));
  EXPECT_EQ(contents.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(contents.status()), testing::HasSubstr("/dev/nvme0n1"));
}

TEST(ProbeTest, ADeviceThatSomebodyHoldsIsAnError) {
  FakeHost machine;
  machine.FailOn("probe", EBUSY);
  EXPECT_EQ(Probe(machine.host().exec, "/dev/nvme0n1", machine.clock().Now() + absl::Seconds(5))
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rds_csi
