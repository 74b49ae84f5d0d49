// SPDX-License-Identifier: Apache-2.0
#include "rds/door_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::Not;

class DoorLogTest : public testing::Test {
 protected:
  nlohmann::json Told(const DoorEvent& event) {
    door_.Tell(event);
    nlohmann::json line = nlohmann::json::parse(lines_.back());
    line.erase("time");
    line.erase("audit");
    return line;
  }

  std::vector<std::string> lines_;
  AuditLog audit_{{{"role", "controller"}},
                  [this](const std::string& line) { lines_.push_back(line); }};
  Metrics metrics_{"1", "controller"};
  DoorLog door_{*ParseEndpoint("ssh://[fd00::2]:22"), audit_, metrics_};
};

TEST_F(DoorLogTest, AUD_1_ALoginSaysWhoAndWhereAndHow) {
  EXPECT_EQ(Told({.act = DoorEvent::Act::kLogin,
                  .outcome = AuditOutcome::kSuccess,
                  .user = "csi",
                  .evidence = "private-key",
                  .why = "",
                  .duration = absl::Milliseconds(12)}),
            nlohmann::json({{"action", "login"},
                            {"outcome", "success"},
                            {"role", "controller"},
                            {"rds", "ssh://[fd00::2]:22"},
                            {"user", "csi"},
                            {"with", "private-key"},
                            {"duration_ms", 12}}));
  EXPECT_THAT(metrics_.Text(), HasSubstr("{door=\"ssh\",outcome=\"accepted\"} 1"));
}

TEST_F(DoorLogTest, AUD_1_ARefusedLoginSaysWhy) {
  const nlohmann::json line = Told({.act = DoorEvent::Act::kLogin,
                                    .outcome = AuditOutcome::kFailure,
                                    .user = "csi",
                                    .evidence = "",
                                    .why = "no",
                                    .duration = {}});
  EXPECT_EQ(line["outcome"], "failure");
  EXPECT_EQ(line["error"], "no");
  EXPECT_THAT(metrics_.Text(), HasSubstr("{door=\"ssh\",outcome=\"refused\"} 1"));
}

TEST_F(DoorLogTest, AUD_1_AnotherHostKeyIsAFailureThatShowsTheKey) {
  const nlohmann::json line = Told({.act = DoorEvent::Act::kHostKeyCheck,
                                    .outcome = AuditOutcome::kFailure,
                                    .user = "csi",
                                    .evidence = "ssh-ed25519 SHA256:x",
                                    .why = "not pinned",
                                    .duration = {}});
  EXPECT_EQ(line["action"], "host_key_check");
  EXPECT_EQ(line["host_key"], "ssh-ed25519 SHA256:x");
  EXPECT_THAT(metrics_.Text(), HasSubstr("{door=\"ssh\",outcome=\"untrusted\"} 1"));
}

TEST_F(DoorLogTest, AUD_1_WhatWasNotCheckedIsUnknownAndCountsAsNeither) {
  EXPECT_EQ(Told({.act = DoorEvent::Act::kHostKeyCheck,
                  .outcome = AuditOutcome::kUnknown,
                  .user = "csi",
                  .evidence = "",
                  .why = "not checked",
                  .duration = {}})["outcome"],
            "unknown");
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("rds_csi_rds_logins_total{")));
}

TEST_F(DoorLogTest, AUD_1_ACertificateCheckNamesTheFileItWasHeldTo) {
  const nlohmann::json line = Told({.act = DoorEvent::Act::kCertificateCheck,
                                    .outcome = AuditOutcome::kSuccess,
                                    .user = "csi",
                                    .evidence = "ca.crt",
                                    .why = "",
                                    .duration = {}});
  EXPECT_EQ(line["action"], "certificate_check");
  EXPECT_EQ(line["held_to"], "ca.crt");
}

}  // namespace
}  // namespace rds_csi
