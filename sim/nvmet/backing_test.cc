// SPDX-License-Identifier: Apache-2.0
// Real loop devices; skipped where there are none for us.
#include "sim/nvmet/backing.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <filesystem>
#include <fstream>

#include "sim/testing/temp_dir.h"

namespace rds_csi::sim {
namespace {

class LoopBackingsTest : public testing::Test {
 protected:
  LoopBackingsTest() : file_(dir_.path() + "/a.img") {
    std::ofstream(file_).close();
    std::filesystem::resize_file(file_, 1 << 20);
  }

  static uint64_t SizeOf(const std::string& device) {
    const UniqueFd fd(open(device.c_str(), O_RDONLY | O_CLOEXEC));
    uint64_t size = 0;
    return fd.valid() && ioctl(fd.get(), BLKGETSIZE64, &size) == 0 ? size : 0;
  }

  TempDir dir_;
  const std::string file_;
  LoopBackings backings_;
};

TEST_F(LoopBackingsTest, SectorsHave512Bytes) {
  const auto backing = backings_.Attach(file_);
  ASSERT_TRUE(backing.ok()) << backing.status();
  if (backing->is_file) GTEST_SKIP() << "no loop devices here";
  int sector = 0;
  ASSERT_EQ(ioctl(backing->keep_alive.get(), BLKSSZGET, &sector), 0);
  EXPECT_EQ(sector, 512);
  EXPECT_EQ(backings_.FileOf(backing->path), file_);
}

TEST_F(LoopBackingsTest, AGrownFileIsAGrownDevice) {
  const auto backing = backings_.Attach(file_);
  ASSERT_TRUE(backing.ok()) << backing.status();
  if (backing->is_file) GTEST_SKIP() << "no loop devices here";
  std::filesystem::resize_file(file_, 2 << 20);
  ASSERT_TRUE(backings_.Grow(backing->path).ok());
  EXPECT_EQ(SizeOf(backing->path), uint64_t{2} << 20);
}

TEST_F(LoopBackingsTest, TheDeviceGoesWithItsLastUser) {
  std::string path;
  {
    const auto backing = backings_.Attach(file_);
    ASSERT_TRUE(backing.ok()) << backing.status();
    if (backing->is_file) GTEST_SKIP() << "no loop devices here";
    path = backing->path;
  }
  EXPECT_EQ(backings_.FileOf(path), path);
}

TEST_F(LoopBackingsTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(std::string(backings_.Attach("/nowhere/x").status().ToString()),
              testing::HasSubstr("/nowhere/x"));
}

}  // namespace
}  // namespace rds_csi::sim
