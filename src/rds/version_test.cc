// SPDX-License-Identifier: Apache-2.0
#include "rds/version.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

TEST(VersionTest, AcceptsWhatHasTheNqn) {
  const std::pair<const char*, const char*> cases[] = {{"7.21", "7.21"},
                                                       {"7.21.5 (long-term)", "7.21.5"},
                                                       {"7.24.5 (stable)", "7.24.5"},
                                                       {"7.26beta5 (testing)", "7.26beta5"},
                                                       {"7.100", "7.100"},
                                                       {"8.0rc1", "8.0rc1"}};
  for (const auto& [text, version] : cases) {
    const auto parsed = ParseSupportedVersion(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, version);
  }
}

TEST(VersionTest, RefusesOlderOnesByName) {
  for (const char* text : {"7.20.8 (long-term)", "7.18", "7.16", "7.2", "6.49.10"}) {
    const absl::Status status = ParseSupportedVersion(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << text;
    EXPECT_NE(Message(status).find(std::string(text).substr(0, 3)), std::string::npos);
  }
}

TEST(VersionTest, AnythingElseIsNoVersion) {
  for (const char* text :
       {"", " ", "stable", "7", "7.", ".21", "v7.21", "99999999999999999999.1"}) {
    EXPECT_EQ(ParseSupportedVersion(text).status().code(), absl::StatusCode::kInternal) << text;
  }
}

}  // namespace
}  // namespace rds_csi
