// SPDX-License-Identifier: Apache-2.0
#include "observe/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace rds_csi {
namespace {

class AuditTest : public testing::Test {
 protected:
  nlohmann::json Line(size_t index) { return nlohmann::json::parse(lines_.at(index)); }

  std::vector<std::string> lines_;
  AuditLog audit_{{{"driver", "rds.example"}, {"node", "worker-1"}},
                  [this](const std::string& line) { lines_.push_back(line); }};
};

TEST_F(AuditTest, AUD_1_SaysWhoDidWhatAndThatTheOutcomeIsUnknown) {
  audit_.Write({.action = "stage",
                .outcome = AuditOutcome::kUnknown,
                .details = {{"volume_id", "pvc-1"}},
                .duration_ms = {}});
  nlohmann::json line = Line(0);
  line.erase("time");
  EXPECT_EQ(line, nlohmann::json({{"audit", true},
                                  {"action", "stage"},
                                  {"outcome", "unknown"},
                                  {"driver", "rds.example"},
                                  {"node", "worker-1"},
                                  {"volume_id", "pvc-1"}}));
}

TEST_F(AuditTest, AUD_1_SaysHowItEndedAndHowLongItTook) {
  audit_.Write({.action = "detach",
                .outcome = AuditOutcome::kFailure,
                .details = {{"code", "UNAVAILABLE"}},
                .duration_ms = 42});
  EXPECT_EQ(Line(0)["outcome"], "failure");
  EXPECT_EQ(Line(0)["code"], "UNAVAILABLE");
  EXPECT_EQ(Line(0)["duration_ms"], 42);
}

TEST_F(AuditTest, AUD_1_TextFromOutsideCannotForgeALine) {
  audit_.Write({.action = "create",
                .outcome = AuditOutcome::kFailure,
                .details = {{"name", "a\n{\"audit\":true}\r\xc2\x85\xe2\x80\xa8\x1b[31m\xff\"b"}},
                .duration_ms = {}});
  EXPECT_EQ(lines_.at(0).find('\n'), lines_.at(0).size() - 1);
  for (const char c : lines_.at(0).substr(0, lines_.at(0).size() - 1)) {
    EXPECT_GE(c, ' ');
    EXPECT_LT(c, 0x7f);
  }
}

TEST_F(AuditTest, AUD_1_ADetailCannotReplaceWhoDidIt) {
  audit_.Write({.action = "create",
                .outcome = AuditOutcome::kFailure,
                .details = {{"driver", "somebody else"}, {"outcome", "success"}},
                .duration_ms = {}});
  EXPECT_EQ(Line(0)["driver"], "rds.example");
  EXPECT_EQ(Line(0)["outcome"], "failure");
}

TEST_F(AuditTest, ALineGoesToStandardOutputWholeAndAsItIs) {
  testing::internal::CaptureStdout();
  AuditToStandardOutput()("{\"audit\":true}\n");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "{\"audit\":true}\n");
}

}  // namespace
}  // namespace rds_csi
