// SPDX-License-Identifier: Apache-2.0
// Children that no signal ends.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <string>

#include "absl/time/clock.h"
#include "base/status.h"
#include "host/linux_exec.h"
#include "host/linux_read.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

// "sh (process 42) is blocked" → 42
pid_t PidIn(const std::string& message) {
  return std::stoi(message.substr(message.find("(process ") + 9));
}

// A writer to a frozen filesystem sleeps where no signal reaches it, like one to dead storage.
class UnkillableTest : public MachineTest {
 protected:
  void SetUp() override {
    MachineTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_NO_FATAL_FAILURE(Shell("mkfs.ext4 -q " + disk_.path()));
    target_ = folder_.Folder("mnt");
    ASSERT_EQ(mount(disk_.path().c_str(), target_.c_str(), "ext4", 0, nullptr), 0);
    ASSERT_TRUE(Fd(open((target_ + "/before").c_str(), O_CREAT | O_WRONLY, 0600)).ok());
    root_ = Fd(open(target_.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(ioctl(root_.get(), FIFREEZE, 0), 0);
  }
  void TearDown() override {
    if (root_.ok()) ioctl(root_.get(), FITHAW, 0);
  }

  TempDirectory folder_;
  LoopDevice disk_{16 << 20};
  std::string target_;
  Fd root_;
};

TEST_F(UnkillableTest, STL_6_ItIsLeftBehindAndReapedOnceItEnds) {
  RealClock clock;
  LinuxExec exec(clock, "");
  const absl::Time start = clock.Now();
  const absl::Status status =
      exec.Run({"touch", target_ + "/file"}, "", start + absl::Milliseconds(200)).status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_THAT(Message(status), HasSubstr("blocked in the kernel and cannot be killed"));
  EXPECT_LT(clock.Now() - start, absl::Seconds(5));
  EXPECT_EQ(exec.LeftBehind().size(), 1u);

  EXPECT_EQ(exec.Run({"echo", "on"}, "", clock.Now() + absl::Seconds(60))->output, "on\n");

  const pid_t pid = PidIn(Message(status));
  EXPECT_EQ(kill(pid, 0), 0);
  ASSERT_EQ(ioctl(root_.get(), FITHAW, 0), 0);
  for (int i = 0; i < 500 && !exec.LeftBehind().empty(); ++i)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_NE(kill(pid, 0), 0) << "a zombie stayed";
}

TEST_F(UnkillableTest, STL_6_AnActThatIsStuckIsLeftBehindAndTheNextIsDoneByAnother) {
  RealClock clock;
  LinuxExec exec(clock, RDS_CSI_IO_PROGRAM);
  const absl::Status status = exec.Run({"rds-csi-io", "write", target_ + "/before"}, "x",
                                       clock.Now() + absl::Milliseconds(200))
                                  .status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_THAT(exec.LeftBehind(), testing::ElementsAre(PidIn(Message(status))));

  EXPECT_EQ(exec.Run({"rds-csi-io", "statfs", "/"}, "", clock.Now() + absl::Seconds(60))->exit_code,
            0);

  ASSERT_EQ(ioctl(root_.get(), FITHAW, 0), 0);
  for (int i = 0; i < 500 && !exec.LeftBehind().empty(); ++i)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_NE(kill(PidIn(Message(status)), 0), 0) << "a zombie stayed";
}

TEST_F(UnkillableTest, WhatItStartedDies) {
  RealClock clock;
  LinuxExec exec(clock, "");
  const std::string file = folder_ / "pid";
  const std::string script =
      fmt::format("sleep 1000 & echo $! >{}; exec touch {}/file", file, target_);
  EXPECT_TRUE(
      absl::IsAborted(exec.Run({"sh", "-c", script}, "", clock.Now() + absl::Seconds(1)).status()));
  EXPECT_TRUE(EndsSoon(std::stoi(ReadWhole(file, 100).text)));
}

}  // namespace
}  // namespace rds_csi
