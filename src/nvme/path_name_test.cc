// SPDX-License-Identifier: Apache-2.0
#include "nvme/path_name.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

TEST(PathNameTest, APathNamesItsControllerAndItsHead) {
  const auto path = FindPathName("nvme2c13n4");
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(path->controller, "nvme13");
  EXPECT_EQ(path->head, "nvme2n4");
}

TEST(PathNameTest, OtherDevicesAreNoPaths) {
  for (const char* name : {"", "nvme0", "nvme0n1", "nvme0n1p1", "nvme0c1", "nvmec1n1", "nvme0cn1",
                           "nvme0c1n", "nvme0c1n1p1", "nvme0c1n1 ", "sda", "dm-0", "xnvme0c1n1"}) {
    EXPECT_FALSE(FindPathName(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace rds_csi
