// SPDX-License-Identifier: Apache-2.0
#include "nvme/rescan.h"

#include "nvme/anchor_fixture.h"

namespace rds_csi {
namespace {

using RescanTest = AnchorTest;

TEST_F(RescanTest, STL_7_TheAnchorIsNotAskedForTheSize) {
  ASSERT_TRUE(Make().ok());
  machine_.target(kNqn).size_bytes = 2 * kSize;
  machine_.ClearJournal();
  ASSERT_TRUE(Rescan(machine_.host(), *FindControllers(files(), kNqn), Soon()).ok());
  EXPECT_THAT(machine_.journal(),
              testing::ElementsAre("write /sys/class/nvme/nvme0/rescan_controller"));
  EXPECT_EQ(Device().size_bytes, 2 * kSize);
}

TEST_F(RescanTest, AControllerThatIsNotLiveIsNotAsked) {
  machine_.SetControllerState("nvme0", "connecting");
  ASSERT_TRUE(Rescan(machine_.host(), *FindControllers(files(), kNqn), Soon()).ok());
  EXPECT_THAT(machine_.journal(), testing::IsEmpty());
}

}  // namespace
}  // namespace rds_csi
