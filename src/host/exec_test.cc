// SPDX-License-Identifier: Apache-2.0
#include "host/exec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

// Answers every command with the same.
class OneAnswer final : public Exec {
 public:
  absl::StatusOr<ExecResult> answer = ExecResult();
  std::vector<std::string> argv;
  std::string input;

  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& words, std::string_view data,
                                 absl::Time) override {
    argv = words;
    input = data;
    return answer;
  }
};

class RunIoTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> Run() {
    return RunIo(exec_, {"unmount", "/a b"}, "data", absl::InfiniteFuture());
  }
  OneAnswer exec_;
};

TEST_F(RunIoTest, PutsTheProgramBeforeItsArguments) {
  exec_.answer = ExecResult{.exit_code = 0, .output = "text\n", .errors = ""};
  EXPECT_EQ(*Run(), "text\n");
  EXPECT_THAT(exec_.argv, testing::ElementsAre("rds-csi-io", "unmount", "/a b"));
  EXPECT_EQ(exec_.input, "data");
}

TEST_F(RunIoTest, TheErrnoPicksTheCodeAndTheProgramTheWords) {
  exec_.answer = ExecResult{.exit_code = 1, .output = "", .errors = "16 unmount /a b\n"};
  EXPECT_EQ(Run().status(), absl::FailedPreconditionError("unmount /a b: Device or resource busy"));
}

TEST_F(RunIoTest, AMissingProgramIsNotAMissingObject) {
  exec_.answer = absl::NotFoundError("rds-csi-io is not installed");
  EXPECT_EQ(Run().status(), absl::FailedPreconditionError("rds-csi-io is not installed"));
}

TEST_F(RunIoTest, TheDeadlinesErrorsGoThroughAsTheyAre) {
  exec_.answer = absl::AbortedError("blocked");
  EXPECT_EQ(Run().status(), absl::AbortedError("blocked"));
  exec_.answer = absl::DeadlineExceededError("killed");
  EXPECT_EQ(Run().status(), absl::DeadlineExceededError("killed"));
}

TEST_F(RunIoTest, AProgramThatDiedTellsNothing) {
  exec_.answer = ExecResult{.exit_code = 137, .output = "blank\n", .errors = ""};
  EXPECT_EQ(Run().status(),
            absl::UnavailableError("rds-csi-io unmount: ended with status 137 \"\""));
}

TEST_F(RunIoTest, WrongUsageIsABug) {
  exec_.answer = ExecResult{.exit_code = 2, .output = "", .errors = "usage: …"};
  EXPECT_EQ(Run().status(), absl::InternalError("rds-csi-io unmount: wrong usage"));
}

TEST_F(RunIoTest, AnErrorItCannotReadIsABugAndIsQuoted) {
  for (const char* text : {"", "16", "x y", "0 fine", "-5 y", "5000 y", "Segmentation fault"}) {
    exec_.answer = ExecResult{.exit_code = 1, .output = "", .errors = text};
    EXPECT_EQ(Message(Run().status()),
              "rds-csi-io unmount: cannot read the error \"" + std::string(text) + "\"");
    EXPECT_TRUE(absl::IsInternal(Run().status())) << text;
  }
}

}  // namespace
}  // namespace rds_csi
