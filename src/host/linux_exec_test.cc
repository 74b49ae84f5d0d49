// SPDX-License-Identifier: Apache-2.0
#include "host/linux_exec.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
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

pid_t Number(const std::string& text) { return static_cast<pid_t>(*ParseInt64(Trim(text))); }

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
  EXPECT_TRUE(EndsSoon(Number(ReadWhole(file, 100).text)));
}

TEST_F(LinuxExecTest, DoesNotWaitForAGrandchildThatKeepsTheOutputOpen) {
  const absl::Time start = clock_.Now();
  const absl::StatusOr<ExecResult> result = Shell("sleep 1000 & echo $!");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_LT(clock_.Now() - start, absl::Seconds(30));
  EXPECT_TRUE(EndsSoon(Number(result->output)));
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

}  // namespace
}  // namespace rds_csi
