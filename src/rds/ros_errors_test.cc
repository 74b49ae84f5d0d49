// SPDX-License-Identifier: Apache-2.0
#include "rds/ros_errors.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

struct Case {
  std::string_view text;
  Code code;
};

// As RouterOS says them, on the console or in `detail`.
constexpr Case kCases[] = {
    {"no such item", Code::kNotFound},
    {"failure: no such item", Code::kNotFound},
    {"no such item (4)", Code::kNotFound},
    {"failure: no such file or directory", Code::kFailedPrecondition},
    {"failure: already have such item", Code::kAlreadyExists},
    {"failure: user with the same name already exists", Code::kAlreadyExists},
    {"failure: file already exists", Code::kAlreadyExists},
    {"failure: not enough space", Code::kResourceExhausted},
    {"failure: No space left on device", Code::kResourceExhausted},
    {"failure: disk is in use", Code::kFailedPrecondition},
    {"failure: device busy", Code::kFailedPrecondition},
    {"std failure: not allowed (9)", Code::kFailedPrecondition},
    {"not enough permissions (9)", Code::kFailedPrecondition},
    {"Session closed", Code::kDeadlineExceeded},
    {"bad command name disks (line 1 column 2)", Code::kFailedPrecondition},
    {"no such command or directory (subvolume)", Code::kFailedPrecondition},
    {"expected end of command (line 1 column 25)", Code::kFailedPrecondition},
    {"unknown parameter nvme-tcp-server-nqn", Code::kFailedPrecondition},
    {"bad parameter nvme-tcp-server-nqn", Code::kFailedPrecondition},
    {"syntax error (line 1 column 9)", Code::kFailedPrecondition},
    {"failure: the disk melted", Code::kInternal},
    {"input does not match any value of type", Code::kInternal},
    {"invalid value for argument file-size", Code::kInternal},
};

TEST(RosErrorTest, PicksTheCodeByTheWords) {
  for (const Case& c : kCases) {
    EXPECT_EQ(RosError(c.text, "/disk add").code(), c.code) << c.text;
  }
}

TEST(RosErrorTest, EveryOneOfThemIsRecognisedOnStandardOutput) {
  for (const Case& c : kCases) {
    if (c.text == "Session closed") continue;  // said by REST alone
    EXPECT_TRUE(LooksLikeRosError(c.text)) << c.text;
  }
}

TEST(RosErrorTest, OtherOutputIsNoError) {
  for (const std::string_view line : {"", "rds-csi-end", "7.24.5 (stable)"}) {
    EXPECT_FALSE(LooksLikeRosError(line)) << line;
  }
}

TEST(RosErrorTest, QuotesTheWordsAndNamesTheCommand) {
  EXPECT_EQ(Message(RosError("failure: disk is in use\r\n", "/disk remove")),
            "RDS: /disk remove: \"failure: disk is in use\"");
}

TEST(RosErrorTest, SaysWhatAReadOnlyLoginLacks) {
  EXPECT_NE(Message(RosError("std failure: not allowed (9)", "/disk add")).find("policies"),
            std::string::npos);
}

TEST(RosErrorTest, WordsFromOutsideCannotForgeALogLine) {
  EXPECT_EQ(Message(RosError("failure: a\nlevel=error", "/disk add")).find('\n'),
            std::string::npos);
}

}  // namespace
}  // namespace rds_csi
