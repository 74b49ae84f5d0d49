// SPDX-License-Identifier: Apache-2.0
#include "rds/endpoint.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using Door = Endpoint::Door;

TEST(EndpointTest, TellsDoorHostAndPort) {
  const std::pair<const char*, Endpoint> cases[] = {
      {"https://rds.example", {Door::kRest, {"rds.example", 443}}},
      {"https://10.0.0.1:8443", {Door::kRest, {"10.0.0.1", 8443}}},
      {"https://[fd00::1]", {Door::kRest, {"fd00::1", 443}}},
      {"https://[fd00::1]:8443", {Door::kRest, {"fd00::1", 8443}}},
      {"ssh://localhost", {Door::kSsh, {"localhost", 22}}},
      {"ssh://[::1]:2222", {Door::kSsh, {"::1", 2222}}},
  };
  for (const auto& [url, endpoint] : cases) {
    const auto parsed = ParseEndpoint(url);
    ASSERT_TRUE(parsed.ok()) << url << ": " << Message(parsed.status());
    EXPECT_EQ(*parsed, endpoint) << url;
  }
}

TEST(EndpointTest, RefusesWhatIsNoDoor) {
  for (const char* url :
       {"", "rds.example", "http://rds.example", "HTTPS://rds.example", "https://",
        "https://rds.example/", "https://rds.example/rest", "https://rds.example?x",
        "https://rds.example#x", "https://rds.example:0", "https://rds.example:65536",
        "https://rds.example:", "https://rds.example:22x", "https://fd00::1", "https://[fd00::1",
        "https://a b", "https://a,b", "ssh://", "ssh://a\nb"}) {
    EXPECT_EQ(ParseEndpoint(url).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

TEST(EndpointTest, NeverRepeatsALoginInTheAddress) {
  const absl::Status status = ParseEndpoint("https://csi:hunter2@rds.example").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(status).find("hunter2"), std::string::npos);
}

TEST(EndpointTest, OpeningSaysWhatTheCredentialsLack) {
  const AuditLog audit({}, [](const std::string&) {});
  Metrics metrics("1", "controller");
  const auto transport =
      OpenTransport({Door::kSsh, {"localhost", 22}}, "/nonexistent", {}, audit, metrics);
  EXPECT_EQ(transport.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(transport.status()).find("/nonexistent lacks username"), std::string::npos);
}

}  // namespace
}  // namespace rds_csi
