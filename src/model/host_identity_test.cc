// SPDX-License-Identifier: Apache-2.0
#include "model/host_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

constexpr char kId[] = "8b9e524d-6b1e-58ce-8bb5-8780f786b5c9";
constexpr char kNqn[] = "nqn.2014-08.org.nvmexpress:uuid:8b9e524d-6b1e-58ce-8bb5-8780f786b5c9";

HostIdentity Identity(std::string_view cluster, std::string_view node, std::string_view volume,
                      int64_t generation) {
  return AttachmentIdentity(cluster, *NodeId::Parse(node), *VolumeId::Parse(volume), generation);
}

// The RDS admits this name: another one after an update would cut off every attached volume.
TEST(HostIdentityTest, ATT_12_TheIdentityOfAnAttachmentNeverChanges) {
  EXPECT_EQ(Identity("home", "worker-1", "pvc-1", 7), (HostIdentity{.nqn = kNqn, .id = kId}));
  EXPECT_EQ(NodeIdentity("home", *NodeId::Parse("worker-1")).id,
            "1cbd7506-11c0-504d-9fe1-91d6c15bcc86");
}

TEST(HostIdentityTest, Pain16_ATT_12_EveryPartOfAnAttachmentCounts) {
  const std::set<std::string> ids = {Identity("home", "worker-1", "pvc-1", 7).id,
                                     Identity("lab", "worker-1", "pvc-1", 7).id,
                                     Identity("home", "worker-2", "pvc-1", 7).id,
                                     Identity("home", "worker-1", "pvc-2", 7).id,
                                     Identity("home", "worker-1", "pvc-1", 8).id,
                                     NodeIdentity("home", *NodeId::Parse("worker-1")).id};
  EXPECT_EQ(ids.size(), 6u);
}

TEST(HostIdentityTest, ATT_12_PartsThatJoinToTheSameTextAreDifferentHosts) {
  EXPECT_NE(Identity("a", "b-c", "v", 1), Identity("a-b", "c", "v", 1));
  EXPECT_NE(Identity("a", "b", "v1", 1), Identity("a", "b", "v", 11));
  EXPECT_NE(Identity("a", "bc", "d", 1), Identity("a", "b", "cd", 1));
  EXPECT_NE(NodeIdentity("a", *NodeId::Parse("b-c")), NodeIdentity("a-b", *NodeId::Parse("c")));
}

TEST(HostIdentityTest, ATT_12_WhatWasMadeIsRead) {
  const HostIdentity made = Identity("home", "worker-1", "pvc-1", 7);
  const absl::StatusOr<HostIdentity> read = ParseHostIdentity(made.nqn, made.id);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, made);
}

TEST(HostIdentityTest, ATT_12_RefusesIdsThatAreNoUuid) {
  for (const char* id :
       {"", "8b9e524d", "8B9E524D-6B1E-58CE-8BB5-8780F786B5C9",
        "8b9e524d-6b1e-58ce-8bb5-8780f786b5c9,x", "8b9e524d6b1e-58ce-8bb5-8780f786b5c9-",
        "8b9e524d-6b1e-58ce-8bb5-8780f786b5cg"}) {
    const std::string nqn = std::string("nqn.2014-08.org.nvmexpress:uuid:") + id;
    const absl::Status status = ParseHostIdentity(nqn, id).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_THAT(Message(status), HasSubstr("host_id: ")) << id;
  }
}

TEST(HostIdentityTest, ATT_12_RefusesAnNqnOfAnotherId) {
  const std::string of_another =
      "nqn.2014-08.org.nvmexpress:uuid:1cbd7506-11c0-504d-9fe1-91d6c15bcc86";
  for (const std::string& nqn :
       {std::string(), of_another, std::string(kNqn) + ",x", std::string(kNqn) + "\n",
        std::string("nqn.2000-02.com.mikrotik:") + kId}) {
    const absl::Status status = ParseHostIdentity(nqn, kId).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << nqn;
    EXPECT_THAT(Message(status), HasSubstr("host_nqn: ")) << nqn;
  }
}

}  // namespace
}  // namespace rds_csi
