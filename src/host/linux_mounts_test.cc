// SPDX-License-Identifier: Apache-2.0
// Mounting for real, through rds-csi-io, in a mount namespace of this program's own.
#include "host/linux_mounts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "base/status.h"
#include "host/linux_exec.h"
#include "host/linux_mount_calls.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

class LinuxMountsTest : public MachineTest {
 protected:
  void SetUp() override {
    MachineTest::SetUp();
    if (IsSkipped()) return;
    Shell("mkfs.ext4 -q " + disk_.path());
  }

  absl::Time Soon() { return clock_.Now() + absl::Seconds(60); }
  absl::Status MountDisk(const std::string& target, const std::vector<std::string>& options = {}) {
    return mounts_.MountFilesystem(
        {.device = disk_.path(), .target = target, .fs_type = "ext4", .options = options}, Soon());
  }
  absl::Status Bind(const std::string& source, const std::string& target,
                    const std::vector<std::string>& options = {}) {
    return mounts_.Bind({.source = source, .target = target, .options = options}, Soon());
  }
  std::vector<Mount> At(const std::string& target) { return MountsAt(*mounts_.List(), target); }
  // The line of /proc/self/mountinfo, for what Mount leaves out.
  std::string LineOf(const std::string& target) {
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) {
      if (line.find(fmt::format(" {} ", target)) != std::string::npos) return line;
    }
    return "";
  }

  RealClock clock_;
  LinuxExec exec_{clock_, RDS_CSI_IO_PROGRAM};
  LinuxMounts mounts_{exec_};
  TempDirectory folder_;
  LoopDevice disk_{16 << 20};
};

TEST_F(LinuxMountsTest, MountsAndUnmounts) {
  const std::string target = folder_.Folder("a b");
  ASSERT_EQ(MountDisk(target), absl::OkStatus());
  ASSERT_THAT(At(target), SizeIs(1));
  EXPECT_EQ(At(target)[0].number, disk_.number());
  EXPECT_EQ(At(target)[0].fs_type, "ext4");
  EXPECT_EQ(At(target)[0].source, disk_.path());
  EXPECT_FALSE(At(target)[0].read_only());
  ASSERT_EQ(mounts_.Unmount(target, Soon()), absl::OkStatus());
  EXPECT_THAT(At(target), IsEmpty());
}

TEST_F(LinuxMountsTest, OptionsReachTheMountAndTheFilesystem) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(MountDisk(target, {"defaults", "rw", "nosuid", "nodev", "noexec", "nodiratime",
                               "noatime", "sync", "lazytime", "errors=continue", "commit=17"}),
            absl::OkStatus());
  const Mount mount = At(target)[0];
  EXPECT_THAT(mount.options,
              IsSupersetOf({"rw", "nosuid", "nodev", "noexec", "nodiratime", "noatime"}));
  EXPECT_THAT(mount.super_options, IsSupersetOf({"rw", "sync", "lazytime", "commit=17"}));
}

TEST_F(LinuxMountsTest, ReadOnlyHoldsForTheMountAndTheFilesystem) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(MountDisk(target, {"ro"}), absl::OkStatus());
  EXPECT_THAT(At(target)[0].options, Contains("ro"));
  EXPECT_THAT(At(target)[0].super_options, Contains("ro"));
  EXPECT_EQ(open((target + "/file").c_str(), O_CREAT | O_WRONLY, 0600), -1);
  EXPECT_EQ(errno, EROFS);
}

TEST_F(LinuxMountsTest, AnErrorHasTheKernelsOwnWords) {
  const std::string target = folder_.Folder("mnt");
  const absl::Status status = MountDisk(target, {"bogus=1"});
  EXPECT_THAT(Message(status), HasSubstr("ext4: Unknown parameter 'bogus'"));
  EXPECT_THAT(Message(status), HasSubstr("mount ext4 " + disk_.path() + " at " + target));
  EXPECT_THAT(At(target), IsEmpty());
}

TEST_F(LinuxMountsTest, MountsNothingThatItCannot) {
  const std::string target = folder_.Folder("mnt");
  EXPECT_TRUE(absl::IsNotFound(MountDisk(folder_ / "gone")));
  EXPECT_TRUE(absl::IsNotFound(mounts_.MountFilesystem(
      {.device = "/dev/no-such", .target = target, .fs_type = "ext4", .options = {}}, Soon())));
  EXPECT_FALSE(
      mounts_
          .MountFilesystem(
              {.device = disk_.path(), .target = target, .fs_type = "no-such-type", .options = {}},
              Soon())
          .ok());
  EXPECT_THAT(At(target), IsEmpty());
}

TEST_F(LinuxMountsTest, ALinkAsTargetIsNotFollowed) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(symlink(target.c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_FALSE(MountDisk(folder_ / "link").ok());
  EXPECT_THAT(At(target), IsEmpty());
}

TEST_F(LinuxMountsTest, WhereThereIsNoFsopenTheOldCallDoesTheSame) {
  const std::string target = folder_.Folder("mnt");
  MountRequest request = {.device = disk_.path(),
                          .target = target,
                          .fs_type = "ext4",
                          .options = {"noexec", "commit=17"}};
  ASSERT_TRUE(MountByOldCall(request).ok());
  EXPECT_THAT(At(target)[0].options, Contains("noexec"));
  EXPECT_THAT(At(target)[0].super_options, Contains("commit=17"));
  request.target = folder_.Folder("other");
  request.options = {"bogus=1"};
  EXPECT_EQ(MountByOldCall(request).error, EINVAL);
}

TEST_F(LinuxMountsTest, NorDoesTheOldCallFollowALink) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(symlink(target.c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_FALSE(
      MountByOldCall(
          {.device = disk_.path(), .target = folder_ / "link", .fs_type = "ext4", .options = {}})
          .ok());
  EXPECT_THAT(At(target), IsEmpty());
}

TEST_F(LinuxMountsTest, TheMountOnTopIsTheLastAndTheFirstToGo) {
  const std::string target = folder_.Folder("mnt");
  const std::string other = folder_.Folder("other");
  ASSERT_EQ(MountDisk(target), absl::OkStatus());
  ASSERT_EQ(Bind(other, target), absl::OkStatus());
  ASSERT_THAT(At(target), SizeIs(2));
  EXPECT_EQ(At(target)[0].number, disk_.number());
  EXPECT_NE(At(target)[1].number, disk_.number());
  ASSERT_EQ(mounts_.Unmount(target, Soon()), absl::OkStatus());
  ASSERT_THAT(At(target), SizeIs(1));
  EXPECT_EQ(At(target)[0].number, disk_.number());
}

TEST_F(LinuxMountsTest, UnmountingWhatIsNotMountedIsNotFound) {
  EXPECT_EQ(mounts_.Unmount(folder_.path(), Soon()),
            absl::NotFoundError(fmt::format("unmount {}: nothing is mounted there: No such file "
                                            "or directory",
                                            folder_.path())));
  EXPECT_TRUE(absl::IsNotFound(mounts_.Unmount(folder_ / "gone", Soon())));
}

TEST_F(LinuxMountsTest, UnmountFollowsNoLink) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(MountDisk(target), absl::OkStatus());
  ASSERT_EQ(symlink(target.c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_TRUE(absl::IsNotFound(mounts_.Unmount(folder_ / "link", Soon())));
  EXPECT_THAT(At(target), SizeIs(1));
}

TEST_F(LinuxMountsTest, ABusyMountStays) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(MountDisk(target), absl::OkStatus());
  const Fd file(open((target + "/file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  EXPECT_TRUE(absl::IsFailedPrecondition(mounts_.Unmount(target, Soon())));
  EXPECT_THAT(At(target), SizeIs(1));
}

TEST_F(LinuxMountsTest, PUB_8_ABindIsInNoPeerGroupOfASharedSource) {
  const std::string source = folder_.Folder("source");
  const std::string target = folder_.Folder("target");
  ASSERT_EQ(MountDisk(source), absl::OkStatus());
  ASSERT_EQ(mount("none", source.c_str(), nullptr, MS_SHARED, nullptr), 0);
  ASSERT_THAT(LineOf(source), HasSubstr(" shared:"));
  ASSERT_EQ(Bind(source, target), absl::OkStatus());
  EXPECT_THAT(LineOf(target), Not(HasSubstr("shared:")));
  EXPECT_THAT(LineOf(target), Not(HasSubstr("master:")));
}

TEST_F(LinuxMountsTest, PUB_8_UnderASharedParentABindGetsAGroupOfItsOwn) {
  const std::string parent = folder_.Folder("parent");
  ASSERT_EQ(mount("none", parent.c_str(), "tmpfs", 0, nullptr), 0);
  ASSERT_EQ(mount("none", parent.c_str(), nullptr, MS_SHARED, nullptr), 0);
  const std::string source = folder_.Folder("parent/source");
  const std::string target = folder_.Folder("parent/target");
  ASSERT_EQ(MountDisk(source), absl::OkStatus());
  const std::string line = LineOf(source);
  const std::string group =
      line.substr(line.find("shared:"), line.find(" - ") - line.find("shared:"));
  ASSERT_EQ(Bind(source, target), absl::OkStatus());
  EXPECT_THAT(LineOf(target), HasSubstr("shared:"));
  EXPECT_THAT(LineOf(target), Not(HasSubstr(group)));
}

TEST_F(LinuxMountsTest, ABindTakesOptionsOfItsOwn) {
  const std::string source = folder_.Folder("source");
  const std::string target = folder_.Folder("target");
  ASSERT_EQ(MountDisk(source, {"noatime"}), absl::OkStatus());
  ASSERT_EQ(Bind(source, target, {"ro", "noexec", "strictatime"}), absl::OkStatus());
  EXPECT_THAT(At(target)[0].options, IsSupersetOf({"ro", "noexec"}));
  EXPECT_THAT(At(target)[0].options, Not(Contains("noatime")));
  EXPECT_THAT(At(target)[0].super_options, Contains("rw"));
  EXPECT_FALSE(At(source)[0].read_only());
  EXPECT_EQ(open((target + "/file").c_str(), O_CREAT | O_WRONLY, 0600), -1);
}

TEST_F(LinuxMountsTest, ABindKeepsTheOptionsOfItsSource) {
  const std::string source = folder_.Folder("source");
  const std::string target = folder_.Folder("target");
  ASSERT_EQ(MountDisk(source, {"noatime", "nodev"}), absl::OkStatus());
  ASSERT_EQ(Bind(source, target, {"nosuid"}), absl::OkStatus());
  EXPECT_THAT(At(target)[0].options, IsSupersetOf({"noatime", "nodev", "nosuid"}));
}

TEST_F(LinuxMountsTest, ABindRefusesAFilesystemsOptions) {
  const absl::Status status = Bind(folder_.Folder("a"), folder_.Folder("b"), {"sync"});
  EXPECT_THAT(Message(status), HasSubstr("sync is no option of a bind"));
  EXPECT_THAT(At(folder_ / "b"), IsEmpty());
}

TEST_F(LinuxMountsTest, PUB_3_ADeviceNodeIsBoundOnAFile) {
  const std::string target = folder_.File("device");
  ASSERT_EQ(Bind(disk_.path(), target, {"ro"}), absl::OkStatus());
  struct stat status = {};
  ASSERT_EQ(stat(target.c_str(), &status), 0);
  EXPECT_TRUE(S_ISBLK(status.st_mode));
  EXPECT_EQ(At(target)[0].root, fmt::format("/{}", disk_.name()));
  EXPECT_FALSE(Bind(disk_.path(), folder_.Folder("folder")).ok());
}

TEST_F(LinuxMountsTest, ALinkAsSourceIsRefused) {
  ASSERT_EQ(symlink(folder_.Folder("a").c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(Bind(folder_ / "link", folder_.Folder("b"))));
  EXPECT_TRUE(absl::IsNotFound(Bind(folder_ / "gone", folder_.Folder("b"))));
}

TEST_F(LinuxMountsTest, PUB_3_AReadOnlyDeviceRefusesRoot) {
  const Fd open_before(open(disk_.path().c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(RunIo(exec_, {"readonly", disk_.path(), "1"}, "", Soon()).ok());
  const Fd open_after(open(disk_.path().c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(pwrite(open_before.get(), "x", 1, 0), -1);
  EXPECT_EQ(pwrite(open_after.get(), "x", 1, 0), -1);
  ASSERT_TRUE(RunIo(exec_, {"readonly", disk_.path(), "0"}, "", Soon()).ok());
  EXPECT_EQ(pwrite(open_before.get(), "x", 1, 0), 1);
}

TEST_F(LinuxMountsTest, TheIoProgramTellsUsage) {
  const std::string target = folder_.Folder("mnt");
  ASSERT_EQ(MountDisk(target), absl::OkStatus());
  std::istringstream numbers(*RunIo(exec_, {"statfs", target}, "", Soon()));
  int64_t total = 0, used = 0, available = 0, inodes = 0, inodes_used = 0, inodes_free = 0;
  numbers >> total >> used >> available >> inodes >> inodes_used >> inodes_free;
  ASSERT_FALSE(numbers.fail());
  EXPECT_GT(total, 8 << 20);
  EXPECT_LE(used + available, total);
  EXPECT_GT(available, 0);
  EXPECT_EQ(inodes_used + inodes_free, inodes);
  EXPECT_EQ(inodes_used, 11);  // what mkfs.ext4 takes for itself
}

TEST_F(LinuxMountsTest, WrongUsageOfTheIoProgramIsABug) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"fly"},
                                             {"mount", "a", "b"},
                                             {"unmount", "a", "b"},
                                             {"openers", "x"},
                                             {"readonly", "/dev/loop0", "2"},
                                             {"reach", "localhost", "1", "soon"}}) {
    EXPECT_TRUE(absl::IsInternal(RunIo(exec_, arguments, "", Soon()).status()));
  }
}

TEST_F(LinuxMountsTest, ListsThousandsOfMountsFastAndWhole) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(mount(folder_.path().c_str(), folder_.Folder(fmt::format("m{}", i)).c_str(), nullptr,
                    MS_BIND, nullptr),
              0);
  }
  const absl::Time start = clock_.Now();
  const std::vector<Mount> mounts = *mounts_.List();
  RecordProperty("list_1000_us", static_cast<int>(absl::ToInt64Microseconds(clock_.Now() - start)));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(MountsAt(mounts, folder_ / fmt::format("m{}", i)), SizeIs(1));
  }
}

constexpr FailingCall kNoFsopen = {.number = SYS_fsopen, .flags = 0, .error = ENOSYS};

TEST_F(LinuxMountsTest, FallsBackToMount2OnlyWhereFsopenIsMissing) {
  const std::string target = folder_.Folder("mnt");
  const MountRequest request = {.device = disk_.path(),
                                .target = target,
                                .fs_type = "ext4",
                                .options = {"ro", "nosuid", "errors=continue", "commit=17"}};
  ASSERT_EQ(WithFailing(kNoFsopen, [&] { return MountByCalls(request).error; }), 0);
  const Mount mount = At(target)[0];
  EXPECT_THAT(mount.options, IsSupersetOf({"ro", "nosuid"}));
  EXPECT_THAT(mount.super_options, IsSupersetOf({"ro", "commit=17"}));

  MountRequest bogus = request;
  bogus.options = {"bogus"};
  EXPECT_EQ(WithFailing(kNoFsopen, [&] { return MountByCalls(bogus).error; }), EINVAL);
}

}  // namespace
}  // namespace rds_csi
