// SPDX-License-Identifier: Apache-2.0
#include "host/linux_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "base/status.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LinuxFilesTest : public testing::Test {
 protected:
  LinuxFiles files_;
  TempDirectory folder_;
};

TEST_F(LinuxFilesTest, ReadsAMebibyteAndNoMore) {
  EXPECT_EQ(files_.Read(folder_.File("large", std::string(1 << 20, 'x')))->size(), 1u << 20);
  EXPECT_TRUE(absl::IsOutOfRange(
      files_.Read(folder_.File("larger", std::string((1 << 20) + 1, 'x'))).status()));
}

TEST_F(LinuxFilesTest, ReadsFilesThatHaveNoSize) {
  EXPECT_THAT(*files_.Read("/proc/self/mountinfo"), HasSubstr(" - proc "));
  EXPECT_TRUE(absl::IsFailedPrecondition(files_.Read("/proc").status()));
}

TEST_F(LinuxFilesTest, AFifoWithoutAWriterHoldsNobodyUp) {
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(*files_.Read(folder_ / "fifo"), "");
}

TEST_F(LinuxFilesTest, StatTellsABlockDevicesNumber) {
  if (access("/dev/loop0", F_OK) != 0) GTEST_SKIP() << "no /dev/loop0";
  const FileInfo info = *files_.Stat("/dev/loop0");
  EXPECT_EQ(info.type, FileType::kBlockDevice);
  EXPECT_EQ(info.number, (DeviceNumber{7, 0}));
  EXPECT_EQ(files_.Stat("/dev/null")->type, FileType::kOther);
  EXPECT_EQ(files_.Stat("/dev/null")->number, DeviceNumber());
}

TEST_F(LinuxFilesTest, StatTellsTheModeWithTheStickyBit) {
  ASSERT_EQ(chmod(folder_.Folder("sticky").c_str(), 01751), 0);
  EXPECT_EQ(files_.Stat(folder_ / "sticky")->mode, 01751u);
}

TEST_F(LinuxFilesTest, WriteLeavesTheRestOfAFileAlone) {
  const std::string file = folder_.File("file", "abcdef");
  ASSERT_TRUE(files_.Write(file, "xy").ok());
  EXPECT_EQ(*files_.Read(file), "xycdef");
}

TEST_F(LinuxFilesTest, TheWordsOfAnErrorNameTheActAndTheObject) {
  EXPECT_EQ(files_.Read("/no/such").status(),
            absl::NotFoundError("open /no/such: No such file or directory"));
  EXPECT_EQ(files_.RemoveDirectory("/proc"),
            absl::FailedPreconditionError("remove the directory /proc: Device or resource busy"));
}

TEST_F(LinuxFilesTest, AFailedReplaceLeavesTheOldFileAndNothingElse) {
  ASSERT_TRUE(files_.MakeDirectories(folder_ / "target/full", 0700).ok());
  EXPECT_FALSE(files_.Replace(folder_ / "target", "x", 0600).ok());
  EXPECT_THAT(*files_.List(folder_.path()), ElementsAre("target"));
  EXPECT_THAT(*files_.List(folder_ / "target"), ElementsAre("full"));
}

TEST_F(LinuxFilesTest, ReplaceTakesAwayWhatACrashLeft) {
  folder_.File("file.new", "left over");
  ASSERT_TRUE(files_.Replace(folder_ / "file", "x", 0600).ok());
  EXPECT_THAT(*files_.List(folder_.path()), ElementsAre("file"));
}

TEST_F(LinuxFilesTest, AReplacedLinkLeavesAloneWhatItLedTo) {
  const std::string victim = folder_.File("victim", "old");
  ASSERT_EQ(symlink(victim.c_str(), (folder_ / "link").c_str()), 0);
  ASSERT_TRUE(files_.Replace(folder_ / "link", "new", 0600).ok());
  EXPECT_EQ(*files_.Read(victim), "old");
  EXPECT_EQ(files_.Stat(folder_ / "link")->type, FileType::kRegular);
}

TEST_F(LinuxFilesTest, AReaderSeesAllOfTheOldOrAllOfTheNew) {
  const std::string file = folder_ / "file";
  const std::string a(20000, 'a');
  const std::string b(30000, 'b');
  ASSERT_TRUE(files_.Replace(file, a, 0600).ok());
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (bool turn = false; !stop; turn = !turn) {
      const absl::Status status = files_.Replace(file, turn ? a : b, 0600);
      ASSERT_TRUE(status.ok()) << status;
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const absl::StatusOr<std::string> content = files_.Read(file);
    if (!content.ok() || (*content != a && *content != b)) {
      ADD_FAILURE() << content.status();
      break;
    }
  }
  stop = true;
  writer.join();
  EXPECT_THAT(*files_.List(folder_.path()), ElementsAre("file"));
}

}  // namespace
}  // namespace rds_csi
