// SPDX-License-Identifier: Apache-2.0
#include "model/node_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

TEST(NodeIdTest, ATT_1_TakesNodeNames) {
  for (const std::string& id : {std::string("worker-1"), std::string("ip-10-0-0-1.ec2.internal"),
                                std::string("Node_A"), std::string(192, 'n')}) {
    ASSERT_TRUE(NodeId::Parse(id).ok()) << id;
    EXPECT_EQ(NodeId::Parse(id)->str(), id);
  }
}

TEST(NodeIdTest, ATT_1_RefusesWhatCouldForgeALedger) {
  using std::string_literals::operator""s;
  for (const std::string& id : {""s, "a/1/s/0"s, "a,n=b/1/s/0"s, "a b"s, "a\nb"s, "a\0b"s, ".."s,
                                "$[x]"s, "a;b"s, std::string(193, 'n'), std::string(100000, 'n')}) {
    const absl::Status status = NodeId::Parse(id).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id.substr(0, 40);
    EXPECT_THAT(Message(status), HasSubstr("is not a node id"));
  }
}

TEST(NodeIdTest, ClusterIdsHaveAtMost64Characters) {
  EXPECT_EQ(*ParseClusterId("home"), "home");
  EXPECT_TRUE(ParseClusterId(std::string(64, 'c')).ok());
  EXPECT_THAT(Message(ParseClusterId(std::string(65, 'c')).status()),
              HasSubstr("it has 65 characters, at most 64 are allowed"));
}

TEST(NodeIdTest, ClusterIdsCannotForgeALedger) {
  for (const char* id : {"", "home,v=other", "a=b", "home\n", "ho me", "-home", "{home}"}) {
    const absl::Status status = ParseClusterId(id).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_THAT(Message(status), HasSubstr("is not a cluster id")) << id;
  }
}

}  // namespace
}  // namespace rds_csi
