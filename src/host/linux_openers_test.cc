// SPDX-License-Identifier: Apache-2.0
#include "host/linux_openers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> LinesOf(const Outcome& outcome) {
  EXPECT_TRUE(outcome.ok()) << outcome.text << ", errno " << outcome.error;
  std::vector<std::string> lines;
  for (const std::string_view line : Lines(outcome.text)) lines.emplace_back(line);
  return lines;
}

class OpenersTest : public MachineTest {
 protected:
  std::vector<std::string> Openers() { return LinesOf(FindOpeners(disk_.number(), {})); }

  TempDirectory folder_;
  LoopDevice disk_{16 << 20};
};

TEST_F(OpenersTest, NobodyIsNoLine) { EXPECT_THAT(Openers(), IsEmpty()); }

TEST_F(OpenersTest, USE_1_AProcessThatHasItOpenIsNamed) {
  const Process reader(
      fmt::format("exec 7<{}; echo ready; read x <&7; exec sleep 1000", disk_.path()));
  const Process writer(fmt::format("exec 7>>{}; echo ready; exec sleep 1000", disk_.path()));
  const Process other("echo ready; exec sleep 1000");
  EXPECT_THAT(Openers(),
              UnorderedElementsAre(testing::StartsWith(fmt::format("process {} s", reader.pid())),
                                   testing::StartsWith(fmt::format("process {} s", writer.pid()))));
}

TEST_F(OpenersTest, USE_1_ANodeOfAnotherNameIsTheSameDevice) {
  const std::string node = folder_ / "disk";
  Shell(fmt::format("mknod {} b {} {}", node, disk_.number().major, disk_.number().minor));
  const Process process(fmt::format("exec 7<{}; rm {}; echo ready; sleep 1000", node, node));
  EXPECT_THAT(Openers(), Contains(fmt::format("process {} sh", process.pid())));
}

// A process whose first thread ends while the second keeps the device open.
pid_t StartHeadlessProcess(const std::string& device, int ready) {
  const pid_t child = fork();
  if (child != 0) return child;
  static int descriptor = -1;
  descriptor = ready;
  if (open(device.c_str(), O_RDONLY) < 0) _exit(1);
  pthread_t thread;
  pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        usleep(100'000);
        if (write(descriptor, "x", 1) != 1) _exit(1);
        while (true) pause();
      },
      nullptr);
  syscall(SYS_exit, 0);  // this thread alone
  _exit(1);
}

TEST_F(OpenersTest, USE_1_AProcessIsSeenWhoseFirstThreadHasEnded) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t child = StartHeadlessProcess(disk_.path(), ends[1]);
  close(ends[1]);
  char byte = 0;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  close(ends[0]);
  EXPECT_THAT(Openers(), Contains(testing::StartsWith(fmt::format("process {} ", child))));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(OpenersTest, Incident08_USE_1_TheAskingProcessIsNone) {
  const Fd own(open(disk_.path().c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(own.ok());
  EXPECT_THAT(Openers(), IsEmpty());
}

TEST_F(OpenersTest, USE_1_AMountIsSeenInAnyMountNamespace) {
  Shell("mkfs.ext4 -q " + disk_.path());
  const std::string target = folder_.Folder("a b");
  const Process process(fmt::format(
      "exec unshare -m sh -c 'mount {} \"{}\"; echo ready; sleep 1000'", disk_.path(), target));
  EXPECT_THAT(Openers(), ElementsAre("mount " + target));
}

TEST_F(OpenersTest, USE_1_AMountIsToldOnceHoweverManyNamespacesShowIt) {
  Shell("mkfs.ext4 -q " + disk_.path());
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(mount(disk_.path().c_str(), target.c_str(), "ext4", 0, nullptr), 0);
  const Process process("exec unshare -m sh -c 'echo ready; sleep 1000'");
  EXPECT_THAT(Openers(), ElementsAre("mount " + target));
}

TEST_F(OpenersTest, USE_1_ABoundPartOfAFilesystemIsAMount) {
  Shell("mkfs.ext4 -q " + disk_.path());
  const std::string target = folder_.Folder("mnt");
  const std::string part = folder_.Folder("part");
  ASSERT_EQ(mount(disk_.path().c_str(), target.c_str(), "ext4", 0, nullptr), 0);
  ASSERT_EQ(mount((target + "/lost+found").c_str(), part.c_str(), nullptr, MS_BIND, nullptr), 0);
  ASSERT_EQ(umount(target.c_str()), 0);
  EXPECT_THAT(Openers(), ElementsAre("mount " + part));
}

TEST_F(OpenersTest, USE_1_ABoundNodeIsAMount) {
  const std::string target = folder_.File("device");
  ASSERT_EQ(mount(disk_.path().c_str(), target.c_str(), nullptr, MS_BIND, nullptr), 0);
  EXPECT_THAT(Openers(), ElementsAre("mount " + target));
}

TEST_F(OpenersTest, USE_1_ABoundNodeOfAnotherNameIsAMount) {
  const std::string dev = folder_.Folder("dev");
  ASSERT_EQ(mount("dev", dev.c_str(), "tmpfs", 0, nullptr), 0);
  Shell(fmt::format("mknod {}/xyz b {} {}", dev, disk_.number().major, disk_.number().minor));
  const std::string target = folder_.File("device");
  ASSERT_EQ(mount((dev + "/xyz").c_str(), target.c_str(), nullptr, MS_BIND, nullptr), 0);
  EXPECT_THAT(Openers(), ElementsAre("mount " + target));
}

TEST_F(OpenersTest, USE_1_ALoopDeviceOverItIsSeenThoughNoProcessHasItOpen) {
  const LoopDevice upper(disk_.path());
  EXPECT_THAT(Openers(), ElementsAre("loop " + upper.name()));
  EXPECT_THAT(LinesOf(FindOpeners(upper.number(), {})), IsEmpty());
}

TEST_F(OpenersTest, USE_1_ALoopDeviceIsSeenWhoseBackingNodeHasGone) {
  const std::string node = folder_ / "disk";
  Shell(fmt::format("mknod {} b {} {}", node, disk_.number().major, disk_.number().minor));
  const LoopDevice upper(node);
  Shell("rm " + node);
  EXPECT_THAT(Openers(), ElementsAre("loop " + upper.name()));
}

TEST_F(OpenersTest, ADeviceThatNobodyKnowsHasNoOpeners) {
  EXPECT_THAT(LinesOf(FindOpeners({.major = 4000, .minor = 1}, {})), IsEmpty());
}

// procfs and sysfs laid out by hand: what a loop device cannot show.
class DrawnOpenersTest : public testing::Test {
 protected:
  DrawnOpenersTest() {
    folder_.Folder("proc/7/fd");
    folder_.Folder("proc/7/task/7");
    folder_.Folder("proc/7/ns");
    folder_.File("proc/7/comm", "odd\nname\n");
    folder_.Folder("sys/block");
    folder_.Folder("sys/dev/block/259:1/holders");
    folder_.File("sys/dev/block/259:1/uevent",
                 "MAJOR=259\nMINOR=1\nDEVNAME=nvme0n1\nDEVTYPE=disk\n");
    SetNamespace("7", "mnt:[1]");
    folder_.File("proc/7/mountinfo", "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  }

  void SetNamespace(const std::string& pid, const std::string& name) {
    folder_.Folder("proc/" + pid + "/ns");
    ASSERT_EQ(symlink(name.c_str(), (folder_ / ("proc/" + pid + "/ns/mnt")).c_str()), 0);
  }
  Outcome Find() {
    return FindOpeners({.major = 259, .minor = 1},
                       {.proc = folder_ / "proc", .sys = folder_ / "sys", .dev = folder_ / "dev"});
  }

  TempDirectory folder_;
};

TEST_F(DrawnOpenersTest, AHealthyNodeHasNone) { EXPECT_THAT(LinesOf(Find()), IsEmpty()); }

TEST_F(DrawnOpenersTest, USE_1_HoldersOfTheDiskAndOfItsPartitionsAreNamed) {
  folder_.Folder("sys/dev/block/259:1/holders/dm-0");
  folder_.Folder("sys/dev/block/259:1/nvme0n1p1");
  folder_.File("sys/dev/block/259:1/nvme0n1p1/partition", "1\n");
  folder_.File("sys/dev/block/259:1/nvme0n1p1/uevent",
               "MAJOR=259\nMINOR=2\nDEVNAME=nvme0n1p1\nDEVTYPE=partition\n");
  folder_.Folder("sys/dev/block/259:2/holders/md127");
  EXPECT_THAT(LinesOf(Find()), ElementsAre("holder dm-0", "holder md127"));
}

TEST_F(DrawnOpenersTest, Pain28_WhatDeviceMapperMadeOfTheDiskIsNamed) {
  const std::string holders = "sys/dev/block/259:1/holders/";
  folder_.Folder(holders + "dm-3/dm");
  folder_.File(holders + "dm-3/dm/name", "mpatha\n");
  folder_.File(holders + "dm-3/dm/uuid", "mpath-uuid.5f1e\n");
  folder_.Folder(holders + "dm-4/dm");
  folder_.File(holders + "dm-4/dm/name", "made by hand\n");
  folder_.File(holders + "dm-4/dm/uuid", "\n");
  EXPECT_THAT(LinesOf(Find()),
              ElementsAre("holder dm-3 mpath mpatha", "holder dm-4 dm made by hand"));
}

TEST_F(DrawnOpenersTest, USE_1_AMountedPartitionIsAMountOfTheDisk) {
  folder_.Folder("sys/dev/block/259:1/nvme0n1p1");
  folder_.File("sys/dev/block/259:1/nvme0n1p1/partition", "1\n");
  folder_.File("sys/dev/block/259:1/nvme0n1p1/uevent", "MAJOR=259\nMINOR=2\nDEVNAME=nvme0n1p1\n");
  folder_.File("proc/7/mountinfo", "1 1 259:2 / /mnt/guest rw - ext4 /dev/nvme0n1p1 rw\n");
  EXPECT_THAT(LinesOf(Find()), ElementsAre("mount /mnt/guest"));
}

TEST_F(DrawnOpenersTest, USE_1_ABoundNodeIsKnownByItsNameToo) {
  folder_.File("proc/7/mountinfo",
               "1 1 0:6 /nvme0n1 /publish/a rw - devtmpfs udev rw\n"
               "2 1 0:6 /nvme0n11 /publish/b rw - devtmpfs udev rw\n");
  EXPECT_THAT(LinesOf(Find()), ElementsAre("mount /publish/a"));
}

TEST_F(DrawnOpenersTest, AMountsNameCannotForgeALine) {
  folder_.File("proc/7/mountinfo", "1 1 259:1 / /a\\012loop\\040x rw - ext4 x rw\n");
  EXPECT_THAT(LinesOf(Find()), ElementsAre("mount /a?loop x"));
}

TEST_F(DrawnOpenersTest, ALoopDeviceOverAFileOrOverNothingIsNone) {
  folder_.File("image");
  folder_.Folder("sys/block/loop0/loop");
  folder_.File("sys/block/loop0/loop/backing_file", folder_ / "image\n");
  folder_.Folder("sys/block/loop1");
  EXPECT_THAT(LinesOf(Find()), IsEmpty());
}

TEST_F(DrawnOpenersTest, ALoopDeviceIsKnownByTheNameOfWhatItIsOver) {
  folder_.Folder("sys/block/loop0/loop");
  folder_.File("sys/block/loop0/loop/backing_file", "/dev/nvme0n1\n");
  EXPECT_THAT(LinesOf(Find()), ElementsAre("loop loop0"));
}

TEST_F(DrawnOpenersTest, AProcessThatEndsWhileItIsLookedAtIsSkipped) {
  folder_.Folder("proc/8");  // everything in it has gone
  SetNamespace("9", "mnt:[2]");
  EXPECT_THAT(LinesOf(Find()), IsEmpty());
}

TEST_F(DrawnOpenersTest, AMountTableItCannotReadIsAnErrorAndNotNobody) {
  folder_.File("proc/7/mountinfo", "1 1 8:1 / / rw - ext4 /dev/sda1 rw\nbroken\n");
  EXPECT_EQ(Find().error, EBADMSG);
  EXPECT_THAT(Find().text, testing::HasSubstr("\"broken\""));
}

TEST_F(DrawnOpenersTest, AMountTableItCannotOpenIsAnErrorAndNotNobody) {
  Shell(fmt::format("rm {0} && mkdir {0}", folder_ / "proc/7/mountinfo"));
  EXPECT_EQ(Find().error, EISDIR);
}

TEST_F(DrawnOpenersTest, FilesItCannotListAreAnErrorAndNotNobody) {
  Shell("rmdir " + (folder_ / "proc/7/fd"));
  ASSERT_EQ(symlink("fd", (folder_ / "proc/7/fd").c_str()), 0);
  EXPECT_EQ(Find().error, ELOOP);
}

TEST_F(DrawnOpenersTest, HoldersItCannotListAreAnErrorAndNotNobody) {
  Shell("rmdir " + (folder_ / "sys/dev/block/259:1/holders"));
  folder_.File("sys/dev/block/259:1/holders");
  EXPECT_EQ(Find().error, ENOTDIR);
}

TEST_F(DrawnOpenersTest, ALoopDeviceItCannotAskIsAnErrorAndNotNobody) {
  folder_.Folder("sys/block/loop0/loop");
  folder_.File("sys/block/loop0/loop/backing_file", folder_ / "gone\n");
  folder_.Folder("dev");
  folder_.File("dev/loop0");
  EXPECT_EQ(Find().error, ENOTTY);
}

TEST_F(DrawnOpenersTest, ADiskWithoutANameIsKnownByItsNumber) {
  folder_.File("sys/dev/block/259:1/uevent", "MAJOR=259\nMINOR=1\n");
  folder_.File("proc/7/mountinfo", "1 1 259:1 / /mnt rw - ext4 /dev/nvme0n1 rw\n");
  EXPECT_THAT(LinesOf(Find()), ElementsAre("mount /mnt"));
}

TEST_F(DrawnOpenersTest, WithoutProcfsOrSysfsItIsBlindAndSaysSo) {
  EXPECT_EQ(FindOpeners({.major = 259, .minor = 1}, {.proc = folder_ / "none"}).error, ENOENT);
  EXPECT_EQ(
      FindOpeners({.major = 259, .minor = 1}, {.proc = folder_ / "proc", .sys = folder_ / "none"})
          .error,
      ENOENT);
}

}  // namespace
}  // namespace rds_csi
