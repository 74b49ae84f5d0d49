// SPDX-License-Identifier: Apache-2.0
#include "model/host_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/digest.h"
#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

constexpr char kIncarnation[] = "1a2b3c4d";
constexpr char kId[] = "6e4e7264-3fa8-8e74-81a2-b3c4d0000007";
constexpr char kNqn[] = "nqn.2014-08.org.nvmexpress:uuid:6e4e7264-3fa8-8e74-81a2-b3c4d0000007";
constexpr char kOfAnother[] =
    "nqn.2014-08.org.nvmexpress:uuid:1cbd7506-11c0-504d-9fe1-91d6c15bcc86";

HostIdentity Identity(std::string_view cluster, std::string_view node, std::string_view volume,
                      int64_t generation, std::string_view incarnation = kIncarnation) {
  return AttachmentIdentity(cluster, *NodeId::Parse(node), *VolumeId::Parse(volume), incarnation,
                            generation);
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
                                     Identity("home", "worker-1", "pvc-1", 7, "1a2b3c4e").id,
                                     NodeIdentity("home", *NodeId::Parse("worker-1")).id};
  EXPECT_EQ(ids.size(), 7u);
}

TEST(HostIdentityTest, ATT_12_PartsThatJoinToTheSameTextAreDifferentHosts) {
  EXPECT_NE(Identity("a", "b-c", "v", 1), Identity("a-b", "c", "v", 1));
  EXPECT_NE(Identity("a", "b", "v1", 1), Identity("a", "b", "v", 11));
  EXPECT_NE(Identity("a", "bc", "d", 1), Identity("a", "b", "cd", 1));
  EXPECT_NE(NodeIdentity("a", *NodeId::Parse("b-c")), NodeIdentity("a-b", *NodeId::Parse("c")));
}

TEST(HostIdentityTest, ATT_12_NoTwoIncarnationsAreTheSame) {
  EXPECT_NE(NewIncarnation(), NewIncarnation());
  EXPECT_TRUE(IsHex(NewIncarnation(), kIncarnationDigits));
}

TEST(HostIdentityTest, ATT_12_ANodeKnowsItsOwnAttachments) {
  const NodeId node = *NodeId::Parse("worker-1");
  const VolumeId volume = *VolumeId::Parse("pvc-1");
  for (const int64_t generation : {int64_t{1}, int64_t{41}, kLastGeneration}) {
    const HostIdentity made = Identity("home", "worker-1", "pvc-1", generation, "00ffff00");
    const std::optional<OwnHost> found = FindOwnHost("home", node, volume, made.nqn);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->identity, made);
    EXPECT_EQ(found->generation, generation);
    EXPECT_FALSE(FindOwnHost("lab", node, volume, made.nqn));
    EXPECT_FALSE(FindOwnHost("home", *NodeId::Parse("worker-2"), volume, made.nqn));
    EXPECT_FALSE(FindOwnHost("home", node, *VolumeId::Parse("pvc-2"), made.nqn));
  }
}

TEST(HostIdentityTest, ATT_12_ANodeKnowsItself) {
  const NodeId node = *NodeId::Parse("worker-1");
  const HostIdentity itself = NodeIdentity("home", node);
  const std::optional<OwnHost> found =
      FindOwnHost("home", node, *VolumeId::Parse("pvc-1"), itself.nqn);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity, itself);
  EXPECT_EQ(found->generation, 0);
}

TEST(HostIdentityTest, ATT_12_NothingElseIsItsOwn) {
  const NodeId node = *NodeId::Parse("worker-1");
  const VolumeId volume = *VolumeId::Parse("pvc-1");
  const std::string prefix = "nqn.2014-08.org.nvmexpress:uuid:";
  for (const std::string& nqn :
       {std::string(), prefix, prefix + "1", Identity("home", "worker-1", "pvc-1", 0).nqn}) {
    EXPECT_FALSE(FindOwnHost("home", node, volume, nqn)) << nqn;
  }
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
  for (const std::string& nqn :
       {std::string(), std::string(kOfAnother), std::string(kNqn) + ",x", std::string(kNqn) + "\n",
        std::string("nqn.2000-02.com.mikrotik:") + kId}) {
    const absl::Status status = ParseHostIdentity(nqn, kId).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << nqn;
    EXPECT_THAT(Message(status), HasSubstr("host_nqn: ")) << nqn;
  }
}

}  // namespace
}  // namespace rds_csi
