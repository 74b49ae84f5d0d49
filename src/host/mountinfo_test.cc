// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/status.h"
#include "host/mountinfo_line.h"
#include "host/mounts.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string Golden(const std::string& name) {
  std::ifstream file(std::string(RDS_CSI_GOLDEN) + "/mountinfo/" + name);
  std::ostringstream content;
  content << file.rdbuf();
  EXPECT_TRUE(file.good()) << name;
  return content.str();
}

std::vector<Mount> Parsed(std::string_view text) {
  const absl::StatusOr<std::vector<Mount>> mounts = ParseMountInfo(text);
  EXPECT_TRUE(mounts.ok()) << mounts.status();
  return mounts.ok() ? *mounts : std::vector<Mount>();
}

Mount Only(const std::vector<Mount>& mounts, std::string_view target) {
  const std::vector<Mount> found = MountsAt(mounts, target);
  EXPECT_THAT(found, SizeIs(1)) << target;
  return found.empty() ? Mount() : found[0];
}

std::vector<std::string> Targets(const std::vector<Mount>& mounts) {
  std::vector<std::string> targets;
  for (const Mount& mount : mounts) targets.push_back(mount.target);
  return targets;
}

TEST(MountInfoTest, TakesALineApart) {
  const std::vector<Mount> mounts = Parsed(
      "36 35 259:1 /sub /var/lib/a rw,noatime shared:7 master:2 - ext4 /dev/nvme0n1 "
      "rw,errors=remount-ro\n");
  ASSERT_THAT(mounts, SizeIs(1));
  EXPECT_EQ(mounts[0].target, "/var/lib/a");
  EXPECT_EQ(mounts[0].root, "/sub");
  EXPECT_EQ(mounts[0].number, (DeviceNumber{259, 1}));
  EXPECT_EQ(mounts[0].fs_type, "ext4");
  EXPECT_EQ(mounts[0].source, "/dev/nvme0n1");
  EXPECT_THAT(mounts[0].options, ElementsAre("rw", "noatime"));
  EXPECT_THAT(mounts[0].super_options, ElementsAre("rw", "errors=remount-ro"));
  EXPECT_FALSE(mounts[0].read_only());
}

TEST(MountInfoTest, ReadsEveryLineOfARecordedNode) {
  const std::vector<Mount> mounts = Parsed(Golden("node.txt"));
  EXPECT_THAT(mounts, SizeIs(27));
  EXPECT_EQ(Only(mounts, "/var/lib/kubelet/plugins/rds/staging").number, (DeviceNumber{7, 0}));

  const Mount spaces = Only(mounts, "/var/lib/kubelet/pods/a b\tc\nd\\e#f/mount");
  EXPECT_EQ(spaces.root, "/sub dir");
  EXPECT_TRUE(spaces.read_only());

  const Mount node = Only(mounts, "/var/lib/kubelet/plugins/rds/publish/pvc-1");
  EXPECT_EQ(node.fs_type, "devtmpfs");
  EXPECT_EQ(node.root, "/loop0");

  const std::vector<Mount> stacked = MountsAt(mounts, "/var/lib/kubelet/pods/stacked");
  ASSERT_THAT(stacked, SizeIs(2));
  EXPECT_EQ(stacked[0].source, "lower");
  EXPECT_EQ(stacked[1].fs_type, "ext4");
}

TEST(MountInfoTest, ReadsTheOddLinesThatARealKernelWrites) {
  const std::vector<Mount> mounts = Parsed(Golden("odd.txt"));
  EXPECT_THAT(mounts, SizeIs(6));
  const Mount overlay = Only(mounts, "/mnt/overlay");
  EXPECT_EQ(overlay.source, "over lay");
  EXPECT_THAT(overlay.super_options,
              testing::Contains(R"(lowerdir=/mnt/lo/lower one:/mnt/lo/lower\,two)"));
  EXPECT_EQ(Only(mounts, "/mnt/nothing").source, "");
  EXPECT_EQ(Only(mounts, "/mnt/gone/node").root, "/loop77//deleted");
}

TEST(MountInfoTest, TheUpperMountIsTheChildWhateverTheOrderOfTheLines) {
  const std::vector<Mount> mounts = Parsed(
      "41 42 0:9 / /a rw - tmpfs upper rw\n"
      "42 1 0:8 / /a rw - tmpfs lower rw\n"
      "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  ASSERT_THAT(MountsAt(mounts, "/a"), SizeIs(2));
  EXPECT_EQ(MountsAt(mounts, "/a").back().source, "upper");
  EXPECT_THAT(Targets(mounts), ElementsAre("/", "/a", "/a"));
}

TEST(MountInfoTest, ParentsInACircleLoseNoMount) {
  EXPECT_THAT(Parsed("1 2 0:1 / /a rw - tmpfs a rw\n2 1 0:2 / /b rw - tmpfs b rw\n"), SizeIs(2));
}

TEST(MountInfoTest, AnEmptyFileIsNoMount) { EXPECT_THAT(Parsed(""), IsEmpty()); }

TEST(MountInfoTest, ReadOnlyIsTheMountsOrItsFilesystems) {
  EXPECT_TRUE(Parsed("1 1 8:1 / / ro - ext4 x rw\n")[0].read_only());
  EXPECT_TRUE(Parsed("1 1 8:1 / / rw - ext4 x ro,discard\n")[0].read_only());
  EXPECT_FALSE(Parsed("1 1 8:1 / / rw - ext4 x rw,errors=remount-ro\n")[0].read_only());
}

TEST(MountInfoTest, ALineItCannotReadIsAnErrorThatQuotesIt) {
  for (const char* line :
       {"", "36", "36 35 98:0 / /mnt rw", "36 35 98:0 / /mnt rw -", "36 35 98:0 / /mnt rw - ext4",
        "36 35 98:0 / /mnt rw - ext4 /dev/sda", "36 35 980 / /mnt rw - ext4 /dev/sda rw",
        "x 35 98:0 / /mnt rw - ext4 /dev/sda rw", "36 35 98:0 / /mnt rw shared:1 ext4 x rw y"}) {
    const absl::Status status = ParseMountInfo(std::string(line) + "\n").status();
    EXPECT_TRUE(absl::IsInternal(status)) << line;
  }
  EXPECT_EQ(Message(ParseMountInfo("1 1 8:1 / / rw - ext4 x rw\nbroken\n").status()),
            "cannot read the mountinfo line \"broken\"");
}

TEST(MountInfoTest, UndoesOnlyOctalEscapes) {
  EXPECT_EQ(UndoOctalEscapes(R"(a\040b\011c\012d\134e\043)"), "a b\tc\nd\\e#");
  EXPECT_EQ(UndoOctalEscapes(R"(\)"), R"(\)");
  EXPECT_EQ(UndoOctalEscapes(R"(\04)"), R"(\04)");
  EXPECT_EQ(UndoOctalEscapes(R"(\048\777\x41)"), R"(\048\777\x41)");
  EXPECT_EQ(UndoOctalEscapes(R"(\134040)"), R"(\040)");
}

}  // namespace
}  // namespace rds_csi
