// SPDX-License-Identifier: Apache-2.0
// Acts of rds-csi-io: asked of processes that are kept.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "host/linux_exec.h"
#include "host/linux_read.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

class LinuxExecActsTest : public testing::Test {
 protected:
  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input = "",
                                 absl::Duration patience = absl::Seconds(60)) {
    return exec_.Run(argv, input, clock_.Now() + patience);
  }

  RealClock clock_;
  LinuxExec exec_{clock_, RDS_CSI_IO_PROGRAM};
};

// What stands for rds-csi-io in these tests: a script that notes each of its starts.
std::string Script(const TempDirectory& folder, const std::string& body) {
  std::string file =
      folder.File("io", fmt::format("#!/bin/sh\necho >>{}/starts\n{}\n", folder.path(), body));
  chmod(file.c_str(), 0700);
  return file;
}

TEST_F(LinuxExecActsTest, AnActOfRdsCsiIoIsARunOfIt) {
  const TempDirectory folder;
  const std::string file = folder.File("attribute");
  EXPECT_EQ(Run({"rds-csi-io", "write", file}, "value")->exit_code, 0);
  EXPECT_EQ(ReadWhole(file, 100).text, "value");
  EXPECT_EQ(Run({"rds-csi-io", "look", file})->errors,
            Run({RDS_CSI_IO_PROGRAM, "look", file})->errors);
}

TEST_F(LinuxExecActsTest, AnActThatBrokeOffIsAnErrorAndIsNotDoneAgain) {
  for (const char* end : {"exit 0", "exit 3", "echo 'what is this?' >&0; sleep 60"}) {
    const TempDirectory folder;
    LinuxExec exec(clock_, Script(folder, "head -c 4 >/dev/null\n" + std::string(end)));
    const absl::Status status =
        exec.Run({"rds-csi-io", "statfs", "/"}, "", clock_.Now() + absl::Seconds(60)).status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_EQ(ReadWhole(folder / "starts", 100).text, "\n") << end;
  }
}

TEST_F(LinuxExecActsTest, AnActThatBrokeOffTellsHow) {
  const TempDirectory folder;
  LinuxExec exec(clock_, Script(folder, "head -c 4 >/dev/null; kill -SEGV $$"));
  EXPECT_EQ(exec.Run({"rds-csi-io", "statfs", "/"}, "", clock_.Now() + absl::Seconds(60)).status(),
            absl::UnavailableError("rds-csi-io ended with status 139, and not with an answer"));
}

TEST_F(LinuxExecActsTest, AnActIsKilledAtItsDeadlineAndTheNextIsDoneByAnother) {
  const TempDirectory folder;
  const std::string fifo = folder / "fifo";  // who opens it for writing waits for a reader
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(Run({"rds-csi-io", "write", fifo}, "x", absl::Milliseconds(200)).status(),
            absl::DeadlineExceededError("rds-csi-io did not end in time and was killed"));
  EXPECT_TRUE(exec_.LeftBehind().empty());
  const Fd reader(open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_EQ(Run({"rds-csi-io", "statfs", "/"})->exit_code, 0);
  char byte = 0;
  EXPECT_EQ(read(reader.get(), &byte, 1), 0) << "the act went on";
}

TEST_F(LinuxExecActsTest, ManyActsAtOnceGetTheirOwnAnswers) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([this, i] {
      for (int j = 0; j < 200; ++j) {
        const std::string folder = fmt::format("/no/such/folder/{}/{}", i, j);
        const absl::StatusOr<ExecResult> result = Run({"rds-csi-io", "look", folder});
        ASSERT_TRUE(result.ok()) << result.status();
        ASSERT_EQ(result->errors, fmt::format("2 look at {}\n", folder));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace rds_csi
