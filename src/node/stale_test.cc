// SPDX-License-Identifier: Apache-2.0
#include "node/stale.h"

#include "node/mounting.h"
#include "node/testing.h"
#include "nvme/anchor.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class StaleTest : public AnchoredTest {
 protected:
  StaleTest() { EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok()); }
  MountVerdict Judge(const std::optional<Mount>& mount, bool writable = true) {
    return *JudgeMount(machine_.host(), id_.Nqn(), mount, writable, Soon());
  }
  Mount Staged() { return **FindMount(machine_.host().mounts, kStaging); }
};

TEST_F(StaleTest, STL_1_AMountOfTheLiveDeviceIsInOrder) {
  EXPECT_THAT(Judge(Staged()).stale, IsEmpty());
  EXPECT_FALSE(Judge(Staged()).waiting);
}

TEST_F(StaleTest, STL_1_AMountThatIsNotThereIsStale) {
  EXPECT_THAT(Judge(std::nullopt).stale, HasSubstr("not mounted"));
}

TEST_F(StaleTest, STL_1_ADeviceThatIsGoneMakesItsMountStale) {
  ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
  machine_.LoseConnection(id_.Nqn());
  EXPECT_THAT(Judge(Staged()).stale, HasSubstr("259:0 is gone"));
}

TEST_F(StaleTest, STL_1_AnotherDeviceThanTheNqnsIsStaleWhateverItsName) {
  Mount mount = Staged();
  mount.number = {259, 77};
  EXPECT_THAT(Judge(mount).stale, HasSubstr("the volume is /dev/nvme0n1 (259:0) now"));
}

TEST_F(StaleTest, STL_1_AFilesystemThatShutItselfDownIsStale) {
  for (const char* sign : {"shutdown", "emergency_ro"}) {
    Mount mount = Staged();
    mount.super_options.emplace_back(sign);
    EXPECT_THAT(Judge(mount).stale, HasSubstr(sign));
  }
}

TEST_F(StaleTest, STL_1_AFilesystemThatMadeItselfReadOnlyIsStale) {
  Mount mount = Staged();
  mount.super_options = {"ro"};
  EXPECT_THAT(Judge(mount).stale, HasSubstr("read-only"));
  EXPECT_THAT(Judge(mount, /*writable=*/false).stale, IsEmpty());
  mount.options = {"ro"};  // by wish
  EXPECT_THAT(Judge(mount).stale, IsEmpty());
}

TEST_F(StaleTest, STL_2_ALookThatHangsIsKilledSoon) {
  Mount mount = Staged();
  mount.fs_type = "xfs";
  machine_.FailOn("look ", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  EXPECT_FALSE(JudgeMount(machine_.host(), id_.Nqn(), mount, true, start + absl::Hours(1)).ok());
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(20));
}

TEST_F(StaleTest, STL_1_AnXfsThatNobodyMayLookIntoIsStale) {
  Mount mount = Staged();
  mount.fs_type = "xfs";
  machine_.FailOn("look ", EIO);
  EXPECT_THAT(Judge(mount).stale, HasSubstr("answers errors"));
}

TEST_F(StaleTest, STL_2_ALookThatFailsOtherwiseIsAnErrorAndNoVerdict) {
  Mount mount = Staged();
  mount.fs_type = "xfs";
  machine_.FailOn("look ", ETIMEDOUT);
  EXPECT_FALSE(JudgeMount(machine_.host(), id_.Nqn(), mount, true, Soon()).ok());
}

TEST_F(StaleTest, STL_7_AMountThatWaitsIsNotStaleAndIsNotTouched) {
  Mount mount = Staged();
  mount.fs_type = "xfs";
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn("look ", EIO);
  EXPECT_THAT(Judge(mount).stale, IsEmpty());
  EXPECT_TRUE(Judge(mount).waiting);
}

}  // namespace
}  // namespace rds_csi
