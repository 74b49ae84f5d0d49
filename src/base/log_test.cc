// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LogTest, ALineIsOneJsonObject) {
  EXPECT_THAT(FormatLogLine(LogLevel::kInfo, "staged", {{"volume", "pvc-1"}}),
              HasSubstr(R"("level":"info","message":"staged","volume":"pvc-1"})"));
}

TEST(LogTest, TextFromOutsideCannotForgeALine) {
  EXPECT_THAT(FormatLogLine(LogLevel::kInfo, "a\n{\"forged\":1}", {}), Not(HasSubstr("\n")));
}

TEST(LogTest, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_THAT(FormatLogLine(LogLevel::kInfo, "a\xff", {}), HasSubstr("a\xef\xbf\xbd"));
}

TEST(LogTest, ALineBelowTheLevelIsNotWritten) {
  SetLogLevel(LogLevel::kError);
  testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "dropped");
  Log(LogLevel::kError, "kept");
  const std::string written = testing::internal::GetCapturedStderr();
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(written, HasSubstr(R"("level":"error","message":"kept")"));
  EXPECT_THAT(written, Not(HasSubstr("dropped")));
}

TEST(LogTest, WhatIsOnlyOfUseToAFinderOfBugsIsNotWrittenUnlessItIsAskedFor) {
  testing::internal::CaptureStderr();
  Log(LogLevel::kDebug, "dropped");
  SetLogLevel(LogLevel::kDebug);
  Log(LogLevel::kDebug, "kept");
  const std::string written = testing::internal::GetCapturedStderr();
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(written, HasSubstr(R"("level":"debug","message":"kept")"));
  EXPECT_THAT(written, Not(HasSubstr("dropped")));
}

}  // namespace
}  // namespace rds_csi
