// SPDX-License-Identifier: Apache-2.0
#include "csi/readiness.h"

#include <atomic>
#include <latch>

#include "csi/testing.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

TEST(ReadinessTest, IDN_1_BeforeTheFirstCheckHasEndedNothingIsReady) {
  std::latch finish(1);
  const Readiness readiness([&](absl::Time) {
    finish.wait();
    return absl::OkStatus();
  });
  EXPECT_EQ(readiness.Latest().code(), absl::StatusCode::kUnavailable);
  finish.count_down();
}

TEST(ReadinessTest, IDN_1_TellsWhatTheLastCheckSaid) {
  std::atomic<int> checks = 0;
  const Readiness readiness([&](absl::Time) {
    return ++checks == 1 ? absl::UnavailableError("away") : absl::OkStatus();
  });
  for (int i = 0; i < 500 && !readiness.Latest().ok(); ++i) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_TRUE(readiness.Latest().ok());
  EXPECT_EQ(checks, 2);
}

TEST(ReadinessTest, EachCheckHasADeadline) {
  std::atomic<bool> bounded = false;
  {
    const Readiness readiness([&](absl::Time deadline) {
      bounded = deadline <= absl::Now() + absl::Seconds(5);
      return absl::OkStatus();
    });
  }
  EXPECT_TRUE(bounded);
}

TEST(ReadinessTest, EachChangeIsLoggedOnce) {
  TemporaryFolder folder;
  const CapturedLog log(folder / "log");
  {
    std::atomic<int> checks = 0;
    const Readiness readiness([&](absl::Time) {
      return ++checks <= 2 ? absl::UnavailableError("away") : absl::OkStatus();
    });
    while (!readiness.Latest().ok()) absl::SleepFor(absl::Milliseconds(10));
  }
  const std::string text = log.Text();
  const std::vector<std::string_view> lines = Lines(text);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(std::string(lines[0]), HasSubstr("away"));
  EXPECT_THAT(std::string(lines[1]), HasSubstr("\"ready\""));
}

}  // namespace
}  // namespace rds_csi
