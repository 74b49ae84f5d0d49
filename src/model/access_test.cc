// SPDX-License-Identifier: Apache-2.0
#include "model/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr AccessMode kSingleNodeModes[] = {
    AccessMode::kSingleNodeWriter, AccessMode::kSingleNodeReaderOnly,
    AccessMode::kSingleNodeSingleWriter, AccessMode::kSingleNodeMultiWriter};

TEST(AccessTest, BLK_2_ThreeFilesystemsAreKnown) {
  for (const char* name : {"ext4", "ext3", "xfs"}) {
    ASSERT_TRUE(FindFsType(name)) << name;
    EXPECT_EQ(NameOf(*FindFsType(name)), name);
  }
  for (const char* name : {"", "EXT4", "ext2", "btrfs", "ext4 ", "ext4;reboot", "../ext4"}) {
    EXPECT_EQ(FindFsType(name), std::nullopt) << name;
  }
}

TEST(AccessTest, ACC_1_EveryModeOfASingleNodeIsServed) {
  for (const AccessMode mode : kSingleNodeModes) {
    for (const bool block : {false, true}) {
      EXPECT_TRUE(
          CheckCapability({.block = block, .fs_type = "", .mount_flags = {}, .mode = mode}).ok())
          << NameOf(mode);
    }
  }
}

TEST(AccessTest, ACC_1_SeveralNodesMayShareABlockVolume) {
  EXPECT_TRUE(CheckCapability({.block = true,
                               .fs_type = "",
                               .mount_flags = {},
                               .mode = AccessMode::kMultiNodeMultiWriter})
                  .ok());
}

TEST(AccessTest, ACC_1_AFilesystemIsNeverSharedByNodes) {
  const absl::Status status = CheckCapability({.block = false,
                                               .fs_type = "ext4",
                                               .mount_flags = {},
                                               .mode = AccessMode::kMultiNodeMultiWriter});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status),
              AllOf(HasSubstr("MULTI_NODE_MULTI_WRITER"), HasSubstr("volumeMode: Block")));
}

TEST(AccessTest, ACC_1_ModesHaveTheNamesOfCsi) {
  EXPECT_EQ(NameOf(AccessMode::kSingleNodeWriter), "SINGLE_NODE_WRITER");
  EXPECT_EQ(NameOf(AccessMode::kSingleNodeReaderOnly), "SINGLE_NODE_READER_ONLY");
  EXPECT_EQ(NameOf(AccessMode::kSingleNodeSingleWriter), "SINGLE_NODE_SINGLE_WRITER");
  EXPECT_EQ(NameOf(AccessMode::kSingleNodeMultiWriter), "SINGLE_NODE_MULTI_WRITER");
  EXPECT_EQ(NameOf(AccessMode::kMultiNodeMultiWriter), "MULTI_NODE_MULTI_WRITER");
}

TEST(AccessTest, AnUnknownFilesystemIsNamed) {
  const Capability capability{
      .block = false, .fs_type = "btrfs", .mount_flags = {}, .mode = AccessMode::kSingleNodeWriter};
  EXPECT_EQ(CheckCapability(capability),
            absl::InvalidArgumentError("fs_type: \"btrfs\" is not ext4, ext3 or xfs"));
}

TEST(AccessTest, AMountFlagThatIsRefusedRefusesTheCapability) {
  const Capability capability{.block = false,
                              .fs_type = "ext4",
                              .mount_flags = {"noatime", "bind"},
                              .mode = AccessMode::kSingleNodeWriter};
  EXPECT_THAT(Message(CheckCapability(capability)), HasSubstr("mount flag \"bind\""));
}

TEST(AccessTest, TakesTheMountFlagsThatPeopleUse) {
  for (const char* flag : {"ro",          "rw",         "nosuid",        "nodev",
                           "noexec",      "relatime",   "noatime",       "nodiratime",
                           "strictatime", "lazytime",   "sync",          "discard",
                           "nodiscard",   "nouuid",     "data=ordered",  "errors=remount-ro",
                           "commit=30",   "barrier=1",  "logbsize=256k", "allocsize=64m",
                           "swalloc",     "usrquota",   "prjquota",      "stripe=64",
                           "inode64",     "norecovery", "resuid=1000",   "_netdev",
                           "defaults",    "nofail",     "auto",          "noauto",
                           "nouser"}) {
    EXPECT_EQ(CheckMountFlag(flag), absl::OkStatus()) << flag;
  }
}

TEST(AccessTest, RefusesMountFlagsThatMountSomethingElse) {
  for (const char* flag : {"bind",
                           "rbind",
                           "move",
                           "remount",
                           "loop",
                           "loop=/dev/loop0",
                           "offset=512",
                           "sizelimit=1",
                           "shared",
                           "rshared",
                           "private",
                           "rprivate",
                           "slave",
                           "rslave",
                           "unbindable",
                           "runbindable",
                           "sb=131072",
                           "journal_dev=0x801",
                           "journal_path=/dev/sda1",
                           "logdev=/dev/sda1",
                           "rtdev=/dev/sda1",
                           "device=/dev/sda1"}) {
    EXPECT_EQ(CheckMountFlag(flag).code(), absl::StatusCode::kInvalidArgument) << flag;
  }
}

TEST(AccessTest, RefusesMountFlagsThatPromiseWhatNobodyKeeps) {
  for (const char* flag :
       {"user", "user=root", "users", "owner", "group", "helper=x", "uhelper=x", "comment=x",
        "x-systemd.automount", "exec", "dev", "suid", "errors=panic"}) {
    EXPECT_EQ(CheckMountFlag(flag).code(), absl::StatusCode::kInvalidArgument) << flag;
  }
}

TEST(AccessTest, RefusesHostileMountFlagsNamingThem) {
  using std::string_literals::operator""s;
  for (const std::string& flag :
       {""s, "="s, "=x"s, "ro="s, "ro,bind"s, "ro bind"s, " ro"s, "ro\nbind"s, "ro\0bind"s, "RO"s,
        "-o"s, "--bind"s, "a=b=c"s, "a=$(reboot)"s, "a=\"b\""s, "a=b;c"s, "a=b\\c"s,
        "context=\"system_u:object_r:tmp_t:s0:c127,c456\""s, std::string(129, 'a')}) {
    const absl::Status status = CheckMountFlag(flag);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << flag;
    EXPECT_THAT(Message(status), HasSubstr("mount flag \"")) << flag;
  }
  EXPECT_TRUE(CheckMountFlag(std::string(128, 'a')).ok());
}

TEST(AccessTest, TheKernelNeverSeesWhatOnlyFstabKnows) {
  EXPECT_THAT(KernelMountFlags({"defaults", "noatime", "_netdev", "nofail", "auto", "noauto",
                                "nouser", "data=ordered"}),
              ElementsAre("noatime", "data=ordered"));
}

}  // namespace
}  // namespace rds_csi
