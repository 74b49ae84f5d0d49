// SPDX-License-Identifier: Apache-2.0
#include "nvme/namespace_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

constexpr char kNqn[] = "nqn.2000-02.com.mikrotik:pvc-1";
constexpr int64_t kSmall = int64_t{1} << 30;
constexpr int64_t kLarge = int64_t{2} << 30;

class NamespaceSizeTest : public testing::Test {
 protected:
  NamespaceSizeTest() {
    machine_.Export(kNqn, kSmall);
    machine_.ConnectAs(kNqn, "a");
  }
  absl::StatusOr<NvmeNamespace> Act(int64_t size) {
    return WaitForSize(machine_.host(), kNqn, size, machine_.clock().Now() + absl::Seconds(30));
  }
  FakeHost machine_;
};

TEST_F(NamespaceSizeTest, ADeviceThatHasTheSizeIsNotRescanned) {
  EXPECT_EQ(Act(kSmall)->size_bytes, kSmall);
  EXPECT_THAT(machine_.journal(), testing::IsEmpty());
}

TEST_F(NamespaceSizeTest, Pain20_AGrownTargetIsSeenAfterARescan) {
  machine_.target(kNqn).size_bytes = kLarge;
  EXPECT_EQ(Act(kLarge)->size_bytes, kLarge);
}

TEST_F(NamespaceSizeTest, ATargetThatTellsItsSizeLateIsAskedAgain) {
  machine_.After(absl::Seconds(5), [this] { machine_.target(kNqn).size_bytes = kLarge; });
  EXPECT_EQ(Act(kLarge)->size_bytes, kLarge);
}

TEST_F(NamespaceSizeTest, WithoutARequiredSizeOneRescanTellsTheSize) {
  machine_.target(kNqn).size_bytes = kLarge;
  EXPECT_EQ(Act(0)->size_bytes, kLarge);
}

TEST_F(NamespaceSizeTest, ATargetThatNeverGrowsIsAnErrorWithBothSizes) {
  const absl::Status status = Act(kLarge).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status),
              testing::AllOf(testing::HasSubstr("1073741824"), testing::HasSubstr("2147483648")));
}

TEST_F(NamespaceSizeTest, ALostConnectionIsNotWaitedFor) {
  machine_.SetControllerState("nvme0", "connecting");
  const absl::Time start = machine_.clock().Now();
  const absl::Status status = Act(kLarge).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), testing::HasSubstr("connection to the RDS is lost"));
  EXPECT_EQ(machine_.clock().Now(), start);
}

TEST_F(NamespaceSizeTest, AVolumeThatIsNotConnectedIsNotFound) {
  machine_.LoseConnection(kNqn);
  EXPECT_EQ(Act(kSmall).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rds_csi
