// SPDX-License-Identifier: Apache-2.0
#include "host/linux_exec.h"

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
#include <thread>

#include "absl/time/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "host/linux_read.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

class LinuxExecTest : public testing::Test {
 protected:
  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input = "",
                                 absl::Duration patience = absl::Seconds(60)) {
    return exec_.Run(argv, input, clock_.Now() + patience);
  }
  std::string Output(const std::vector<std::string>& argv, std::string_view input = "") {
    const absl::StatusOr<ExecResult> result = Run(argv, input);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->output : "";
  }
  absl::StatusOr<ExecResult> Shell(const std::string& script,
                                   absl::Duration patience = absl::Seconds(60)) {
    return Run({"sh", "-c", script}, "", patience);
  }

  RealClock clock_;
  LinuxExec exec_{clock_, RDS_CSI_IO_PROGRAM};
};

// True while a process with this number runs or has not been reaped.
bool Exists(const std::string& pid) {
  return kill(static_cast<pid_t>(*ParseInt64(Trim(pid))), 0) == 0;
}

void ExpectGoneSoon(const std::string& pid) {
  const std::string file = fmt::format("/proc/{}/stat", Trim(pid));
  for (int i = 0; i < 500; ++i) {
    const Outcome stat = ReadWhole(file, 4096);
    // A grandchild's remains are for init to take away.
    if (!stat.ok() || stat.text.find(") Z ") != std::string::npos) return;
    absl::SleepFor(absl::Milliseconds(10));
  }
  ADD_FAILURE() << "process " << pid << " lives";
}

TEST_F(LinuxExecTest, AProgramThatRanAndFailedIsAResult) {
  const absl::StatusOr<ExecResult> result = Shell("echo out; echo err >&2; exit 7");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 7);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
}

TEST_F(LinuxExecTest, ASignalIsAnExitCodeBeyond128) {
  EXPECT_EQ(Shell("kill -TERM $$")->exit_code, 128 + SIGTERM);
}

TEST_F(LinuxExecTest, HandsTheInputOverByteForByte) {
  std::string input(3 << 18, 'x');
  input[5] = '\0';
  EXPECT_EQ(Output({"cat"}, input), input);
  EXPECT_EQ(Output({"cat"}), "");
}

TEST_F(LinuxExecTest, AProgramMayIgnoreItsInput) {
  EXPECT_EQ(Output({"true"}, std::string(1 << 20, 'x')), "");
}

TEST_F(LinuxExecTest, TheChildsWorldIsBareAndKnown) {
  const Fd leaky(open("/dev/null", O_RDONLY));  // not close-on-exec
  setenv("SECRET", "x", 1);
  EXPECT_THAT(Lines(Output({"env"})),
              testing::UnorderedElementsAre(
                  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"));
  EXPECT_EQ(Output({"pwd"}), "/\n");
  EXPECT_EQ(Output({"sh", "-c", "ls /proc/$$/fd"}), "0\n1\n2\n");
}

TEST_F(LinuxExecTest, TheChildGetsNoBlockedOrIgnoredSignals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  signal(SIGPIPE, SIG_IGN);
  const std::string status = Output({"cat", "/proc/self/status"});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_THAT(status, HasSubstr("SigBlk:\t0000000000000000"));
  const std::string ignored = status.substr(status.find("SigIgn:\t") + 8, 16);
  constexpr uint64_t kStandardSignals = 0x7fffffff;  // glibc keeps two others for itself
  EXPECT_EQ(std::stoull(ignored, nullptr, 16) & kStandardSignals, 0u) << ignored;
}

TEST_F(LinuxExecTest, AProgramThatIsNotThereIsNotFoundAndNamed) {
  EXPECT_EQ(Run({"no-such-program"}).status(),
            absl::NotFoundError("no-such-program is not installed"));
  EXPECT_TRUE(absl::IsNotFound(Run({"/no/such/program"}).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(Run({"/etc/passwd"}).status()));
}

TEST_F(LinuxExecTest, RefusesWhatIsNoCommand) {
  EXPECT_TRUE(absl::IsInvalidArgument(Run({}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Run({"echo", std::string("a\0b", 3)}).status()));
}

TEST_F(LinuxExecTest, IoProgramIsTheConfiguredOne) {
  LinuxExec exec(clock_, "/bin/echo");
  EXPECT_EQ(exec.Run({"rds-csi-io", "hello"}, "", absl::InfiniteFuture())->output, "hello\n");
}

TEST_F(LinuxExecTest, CutsAFloodOffAndLetsItEnd) {
  const absl::StatusOr<ExecResult> result =
      Shell("head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 3");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->output.size(), 1u << 20);
  EXPECT_EQ(result->errors.size(), 1u << 20);
  EXPECT_EQ(result->exit_code, 3);
}

TEST_F(LinuxExecTest, KillsAtTheDeadlineWhatIgnoresSigterm) {
  const absl::Time start = clock_.Now();
  const absl::Status status =
      Shell("trap '' TERM INT HUP; while :; do sleep 1; done", absl::Milliseconds(200)).status();
  EXPECT_EQ(status, absl::DeadlineExceededError("sh did not end in time and was killed"));
  EXPECT_LT(clock_.Now() - start, absl::Seconds(2));
  EXPECT_TRUE(exec_.LeftBehind().empty());
}

TEST_F(LinuxExecTest, KillsTheGrandchildrenToo) {
  const TempDirectory folder;
  const std::string file = folder / "pid";
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      Shell(fmt::format("sleep 1000 & echo $! >{}; wait", file), absl::Seconds(1)).status()));
  ExpectGoneSoon(ReadWhole(file, 100).text);
}

TEST_F(LinuxExecTest, DoesNotWaitForAGrandchildThatKeepsTheOutputOpen) {
  const absl::Time start = clock_.Now();
  const absl::StatusOr<ExecResult> result = Shell("sleep 1000 & echo $!");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_LT(clock_.Now() - start, absl::Seconds(30));
  ExpectGoneSoon(result->output);
}

TEST_F(LinuxExecTest, StartsNothingWhenTheDeadlineHasPassed) {
  const TempDirectory folder;
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(Run({"touch", folder / "made"}, "", absl::ZeroDuration()).status()));
  EXPECT_NE(access((folder / "made").c_str(), F_OK), 0);
}

TEST_F(LinuxExecTest, RunsManyAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> outputs(16);
  for (size_t i = 0; i < outputs.size(); ++i) {
    threads.emplace_back([this, i, &outputs] {
      for (int j = 0; j < 4; ++j) outputs[i] += Output({"cat"}, fmt::format("{}-{} ", i, j));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(outputs[i], fmt::format("{0}-0 {0}-1 {0}-2 {0}-3 ", i));
  }
}

TEST_F(LinuxExecTest, IoProgramLinksNothingHeavyAndBindsNothingAtItsStart) {
  if (!RDS_CSI_IO_IS_STATIC) GTEST_SKIP() << "built for a sanitizer";
  EXPECT_THAT(Output({"ldd", RDS_CSI_IO_PROGRAM}), HasSubstr("statically linked"));
  const std::string libraries = Output({"nm", "-C", RDS_CSI_IO_PROGRAM});
  EXPECT_THAT(libraries, HasSubstr("blkid_"));
  for (const char* heavy :
       {"EVP_", "grpc", "ssh_", "curl_", "absl::", "protobuf", "std::locale::locale"}) {
    EXPECT_THAT(libraries, testing::Not(HasSubstr(heavy)));
  }
}

// "sh (process 42) is blocked" → "42"
std::string PidIn(const std::string& message) {
  const size_t start = message.find("(process ") + 9;
  return message.substr(start, message.find(')', start) - start);
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

  const std::string pid = PidIn(Message(status));
  EXPECT_TRUE(Exists(pid));
  ASSERT_EQ(ioctl(root_.get(), FITHAW, 0), 0);
  for (int i = 0; i < 500 && !exec.LeftBehind().empty(); ++i)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_FALSE(Exists(pid)) << "a zombie stayed";
}

TEST_F(UnkillableTest, WhatItStartedDies) {
  RealClock clock;
  LinuxExec exec(clock, "");
  const std::string file = folder_ / "pid";
  const std::string script =
      fmt::format("sleep 1000 & echo $! >{}; exec touch {}/file", file, target_);
  EXPECT_TRUE(
      absl::IsAborted(exec.Run({"sh", "-c", script}, "", clock.Now() + absl::Seconds(1)).status()));
  ExpectGoneSoon(ReadWhole(file, 100).text);
}

}  // namespace
}  // namespace rds_csi
