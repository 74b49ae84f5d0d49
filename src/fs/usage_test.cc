// SPDX-License-Identifier: Apache-2.0
#include "fs/usage.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "host/fake_host.h"

namespace rds_csi {
namespace {

TEST(UsageParserTest, SixNumbers) {
  EXPECT_EQ(*ParseUsage("1 2 3 4 5 6\n"), (Usage{1, 2, 3, 4, 5, 6}));
}

TEST(UsageParserTest, AnythingElseIsAnError) {
  for (const char* line : {"", "1 2 3 4 5", "1 2 3 4 5 6 7", "1 2 3 4 5 x", "1 2 3 4 5 -6"}) {
    EXPECT_EQ(ParseUsage(line).status().code(), absl::StatusCode::kInternal) << line;
  }
}

TEST(UsageReaderTest, STL_6_StatfsThatHangsEndsAtTheDeadline) {
  FakeHost machine;
  machine.FailOn("statfs", ETIMEDOUT);
  EXPECT_EQ(ReadUsage(machine.host().exec, "/mnt", machine.clock().Now() + absl::Seconds(5))
                .status()
                .code(),
            absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace rds_csi
