// SPDX-License-Identifier: Apache-2.0
#include "model/contexts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"
#include "model/arbitrary.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const VolumeId kVolume = *VolumeId::Parse("pvc-1");
constexpr char kNqn[] = "nqn.2000-02.com.mikrotik:pvc-1";

// As the former driver wrote it.
StringMap FormerContext() {
  return {{"rdsAddress", "10.0.0.1"},
          {"nvmeAddress", "10.0.1.1"},
          {"nvmePort", "4420"},
          {"nqn", kNqn},
          {"volumePath", "/storage-pool/metal-csi"},
          {"ctrlLossTmo", "-1"},
          {"reconnectDelay", "5"},
          {"keepAliveTmo", "0"},
          {"migrationTimeoutSeconds", "300"}};
}

// As the former driver wrote it.
StringMap FormerPublishContext() {
  return {
      {"nvme_address", "10.0.2.2"}, {"nvme_port", "4421"}, {"nvme_nqn", kNqn}, {"fs_type", "ext4"}};
}

PublishContext OurPublishContext() {
  return {.nvme = {"10.0.3.3", 4422},
          .fs_type = "xfs",
          .host = AttachmentIdentity("home", *NodeId::Parse("worker-1"), kVolume, "1a2b3c4d", 7),
          .generation = 7,
          .formatting = Formatting::kNever};
}

StringMap With(StringMap map, const std::string& key, const std::string& value) {
  map[key] = value;
  return map;
}

StringMap Without(StringMap map, const std::string& key) {
  map.erase(key);
  return map;
}

// The words of the refusal; empty when the contexts were taken or refused with another code.
std::string Refusal(const StringMap& publish_context, const StringMap& volume_context) {
  const absl::Status status = ParseContexts(kVolume, publish_context, volume_context).status();
  return status.code() == absl::StatusCode::kInvalidArgument ? Message(status) : "";
}

TEST(PublishContextTest, VOL_2_AVolumeThatStaysAsTheFormerDriverAttachedItHasNoIdentity) {
  const VolumeId id = *VolumeId::Parse("pvc-1");
  const StringMap map = FormatPublishContext(id, {.nvme = {"10.0.0.1", 4420},
                                                  .fs_type = "xfs",
                                                  .host = {},
                                                  .generation = 0,
                                                  .formatting = Formatting::kAllowed});
  EXPECT_EQ(map.size(), 4u);
  EXPECT_FALSE(ParseContexts(id, map, {})->host.has_value());
}

TEST(ContextsTest, VOL_4_AContextOfTheFormerDriverIsUnderstood) {
  const absl::StatusOr<VolumeContext> context = ParseVolumeContext(kVolume, FormerContext());
  ASSERT_TRUE(context.ok()) << context.status();
  EXPECT_EQ(context->rds_address, "10.0.0.1");
  EXPECT_EQ(context->nvme, (HostPort{"10.0.1.1", 4420}));
  EXPECT_EQ(context->volume_path, "/storage-pool/metal-csi");
  EXPECT_EQ(context->timeouts, ConnectionTimeouts());
  EXPECT_EQ(context->migration_timeout_seconds, 300);
}

TEST(ContextsTest, VOL_4_TheKeysOfTheFormerDriverAreWritten) {
  const VolumeContext context = *ParseVolumeContext(kVolume, FormerContext());
  EXPECT_EQ(FormatVolumeContext(kVolume, context), FormerContext());
}

TEST(ContextsTest, STL_7_AnchorSecondsTravelToTheNodeWhereTheyAreSet) {
  VolumeContext context = *ParseVolumeContext(kVolume, FormerContext());
  EXPECT_EQ(context.timeouts.anchor_seconds, std::nullopt);
  context.timeouts.anchor_seconds = 90;
  const StringMap map = FormatVolumeContext(kVolume, context);
  EXPECT_EQ(map.at("anchorSeconds"), "90");
  EXPECT_EQ(ParseContexts(kVolume, FormerPublishContext(), map)->timeouts.anchor_seconds, 90);
}

TEST(ContextsTest, VOL_4_WhatIsMissingHasItsDefault) {
  const absl::StatusOr<VolumeContext> context = ParseVolumeContext(kVolume, {});
  ASSERT_TRUE(context.ok()) << context.status();
  EXPECT_EQ(context->nvme, (HostPort{"", 4420}));
  EXPECT_EQ(context->timeouts, (ConnectionTimeouts{-1, 5, 0}));
}

TEST(ContextsTest, VOL_4_KeysOfKubernetesAreLeftAlone) {
  const StringMap map = With(With(FormerContext(), "storage.kubernetes.io/csiProvisionerIdentity",
                                  "1-8081-rds.csi.srvlab.io"),
                             "csi.storage.k8s.io/pod.name", "web 0");
  EXPECT_EQ(*ParseVolumeContext(kVolume, map), *ParseVolumeContext(kVolume, FormerContext()));
}

TEST(ContextsTest, VOL_4_WhatTheFormerDriverAcceptedStillWorks) {
  StringMap map = FormerContext();
  map["ctrlLossTmo"] = "1000000";
  map["keepAliveTmo"] = "2147483647";
  map["migrationTimeoutSeconds"] = "7200";
  map["volumePath"] = "/storage-pool/metal-csi/";
  const absl::StatusOr<VolumeContext> context = ParseVolumeContext(kVolume, map);
  ASSERT_TRUE(context.ok()) << context.status();
  EXPECT_EQ(context->timeouts, (ConnectionTimeouts{86400, 5, 86400}));
  EXPECT_EQ(context->migration_timeout_seconds, 3600);
  EXPECT_EQ(context->volume_path, "/storage-pool/metal-csi");
}

TEST(ContextsTest, VOL_4_MalformedVolumeContextsAreNamed) {
  using std::string_literals::operator""s;
  const std::pair<const char*, std::vector<std::string>> table[] = {
      {"rdsAddress", {"", "a,b", "10.0.0.1;x"}},
      {"nvmeAddress", {"", "10.0.1.1,hostnqn=x", "10.0.1.1\nnqn=x", "a\0b"s}},
      {"nvmePort", {"", "0", "4420,x", "65536"}},
      {"nqn",
       {"", "nqn.2000-02.com.mikrotik:pvc-2", "nqn.2000-02.com.mikrotik:PVC-1",
        std::string(kNqn) + ",x"}},
      {"volumePath", {"", "/", "/pool/../x", "/pool/$[x]"}},
      {"fsType", {"", "btrfs"}},
      {"ctrlLossTmo", {"-2", "x", ""}},
      {"reconnectDelay", {"0", "x"}},
      {"keepAliveTmo", {"-1", "x"}},
      {"anchorSeconds", {"-1", "x", ""}},
      {"migrationTimeoutSeconds", {"29", "x"}},
      {"csi.storage.k8s.io/pvc/name", {"", "A b"}},
  };
  for (const auto& [key, values] : table) {
    for (const std::string& value : values) {
      EXPECT_THAT(Refusal(FormerPublishContext(), With(FormerContext(), key, value)),
                  StartsWith("volume context " + std::string(key) + ": "))
          << value;
    }
  }
}

TEST(ContextsTest, ATT_8_APublishContextHasTheFourKeysOfOld) {
  const StringMap map = FormatPublishContext(kVolume, OurPublishContext());
  EXPECT_EQ(map.at("nvme_address"), "10.0.3.3");
  EXPECT_EQ(map.at("nvme_port"), "4422");
  EXPECT_EQ(map.at("nvme_nqn"), kNqn);
  EXPECT_EQ(map.at("fs_type"), "xfs");
}

TEST(ContextsTest, ATT_12_APublishContextCarriesTheIdentityOfItsAttachment) {
  const PublishContext context = OurPublishContext();
  const StringMap map = FormatPublishContext(kVolume, context);
  EXPECT_EQ(map.at("host_nqn"), context.host.nqn);
  EXPECT_EQ(map.at("host_id"), context.host.id);
  EXPECT_EQ(map.at("generation"), "7");
  EXPECT_EQ(map.at("formatting"), "never");
}

TEST(ContextsTest, ATT_8_ThePublishContextComesFirst) {
  const StringMap publish = FormatPublishContext(kVolume, OurPublishContext());
  const absl::StatusOr<ConnectionTarget> target =
      ParseContexts(kVolume, publish, With(FormerContext(), "fsType", "ext3"));
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(target->address, (HostPort{"10.0.3.3", 4422}));
  EXPECT_EQ(target->fs_type, "xfs");
}

TEST(ContextsTest, ATT_8_WhatThePublishContextDoesNotSayTheVolumeContextDoes) {
  StringMap volume = With(FormerContext(), "fsType", "ext3");
  volume["ctrlLossTmo"] = "60";
  const absl::StatusOr<ConnectionTarget> target = ParseContexts(kVolume, {}, volume);
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(target->address, (HostPort{"10.0.1.1", 4420}));
  EXPECT_EQ(target->nqn, kNqn);
  EXPECT_EQ(target->fs_type, "ext3");
  EXPECT_EQ(target->timeouts.ctrl_loss_seconds, 60);
}

TEST(ContextsTest, ATT_8_AnEmptyFsTypeOfABlockVolumeSaysNothing) {
  const StringMap publish = With(FormerPublishContext(), "fs_type", "");
  EXPECT_EQ(ParseContexts(kVolume, publish, FormerContext())->fs_type, "");
  EXPECT_EQ(ParseContexts(kVolume, publish, With(FormerContext(), "fsType", "xfs"))->fs_type,
            "xfs");
}

TEST(ContextsTest, ATT_8_WithoutAnNvmeAddressTheRdsItselfIsConnectedTo) {
  EXPECT_EQ(ParseContexts(kVolume, {}, Without(FormerContext(), "nvmeAddress"))->address.host,
            "10.0.0.1");
}

TEST(ContextsTest, ATT_8_WithoutAnyAddressThereIsNowhereToConnect) {
  EXPECT_THAT(Refusal({}, {}), HasSubstr("nvme_address"));
}

TEST(ContextsTest, ATT_12_AVolumeThatTheFormerDriverAttachedHasNoIdentity) {
  const absl::StatusOr<ConnectionTarget> target =
      ParseContexts(kVolume, FormerPublishContext(), FormerContext());
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(target->host, std::nullopt);
  EXPECT_EQ(target->generation, 0);
  EXPECT_EQ(target->address, (HostPort{"10.0.2.2", 4421}));
}

TEST(ContextsTest, ATT_12_HalfAnIdentityIsRefused) {
  for (const char* key : {"host_nqn", "host_id", "generation", "formatting"}) {
    EXPECT_THAT(Refusal(Without(FormatPublishContext(kVolume, OurPublishContext()), key), {}),
                StartsWith("publish context " + std::string(key) + ": missing"));
  }
}

TEST(ContextsTest, ATT_8_MalformedPublishContextsAreNamed) {
  const std::pair<const char*, std::vector<const char*>> table[] = {
      {"nvme_address", {"", "a,b", "a\nb", "a b"}},
      {"nvme_port", {"", "0", "x", "4420,x"}},
      {"nvme_nqn", {"", "nqn.2000-02.com.mikrotik:pvc-2", "nqn.2000-02.com.mikrotik:pvc-1,x"}},
      {"fs_type", {"btrfs", "ext4 "}},
      {"host_nqn", {"", "nqn.2014-08.org.nvmexpress:uuid:", "nqn.2014-08.com.evil:x"}},
      {"host_id", {"", "x"}},
      {"generation", {"", "0", "-1", "x", "268435456", "9223372036854775808"}},
      {"formatting", {"", "Never", "yes"}},
  };
  for (const auto& [key, values] : table) {
    for (const char* value : values) {
      const StringMap publish =
          With(FormatPublishContext(kVolume, OurPublishContext()), key, value);
      EXPECT_THAT(Refusal(publish, FormerContext()),
                  StartsWith("publish context " + std::string(key) + ": "))
          << value;
    }
  }
}

TEST(ContextsTest, TheNqnOfAnotherVolumeIsNeverConnectedTo) {
  EXPECT_EQ(Refusal(With(FormerPublishContext(), "nvme_nqn", "nqn.2000-02.com.mikrotik:pvc-2"), {}),
            "publish context nvme_nqn: \"nqn.2000-02.com.mikrotik:pvc-2\" is not the NQN of volume "
            "pvc-1, which is nqn.2000-02.com.mikrotik:pvc-1");
}

rc::Gen<HostPort> AnyHostPort() {
  return rc::gen::apply(
      [](const std::string& host, int port) { return HostPort{host, static_cast<uint16_t>(port)}; },
      rc::gen::element<std::string>("rds.example", "10.0.0.1", "fd00::1", "fe80::1%eth0"),
      rc::gen::inRange(1, 65536));
}

RC_GTEST_PROP(ContextsTest, VOL_4_AVolumeContextThatIsWrittenIsRead, ()) {
  const VolumeId volume = *arbitrary::AnyVolumeId();
  VolumeContext context;
  context.rds_address = *rc::gen::element<std::string>("", "rds.example", "fd00::2");
  context.nvme = *AnyHostPort();
  context.volume_path = *rc::gen::element<std::string>("", "/pool", "/pool/dir/a");
  context.fs_type = *rc::gen::element<std::string>("", "ext4", "ext3", "xfs");
  context.timeouts = {*rc::gen::inRange(-1, 86401), *rc::gen::inRange(1, 86401),
                      *rc::gen::inRange(0, 86401)};
  context.migration_timeout_seconds = *rc::gen::inRange(30, 3601);
  for (const std::string& key : PassedOnKeys()) {
    if (*rc::gen::arbitrary<bool>()) context.passed_on[key] = "name-1";
  }
  const auto read = ParseVolumeContext(volume, FormatVolumeContext(volume, context));
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == context);
}

RC_GTEST_PROP(ContextsTest, ATT_12_APublishContextThatIsWrittenIsRead, ()) {
  const VolumeId volume = *arbitrary::AnyVolumeId();
  const auto generation = *rc::gen::inRange<int64_t>(1, kLastGeneration + 1);
  const PublishContext context{
      .nvme = *AnyHostPort(),
      .fs_type = *rc::gen::element<std::string>("", "ext4", "xfs"),
      .host = AttachmentIdentity(*arbitrary::Name(64), *arbitrary::AnyNodeId(), volume,
                                 *arbitrary::AnyIncarnation(), generation),
      .generation = generation,
      .formatting = *rc::gen::element(Formatting::kAllowed, Formatting::kNever)};
  const auto read = ParseContexts(volume, FormatPublishContext(volume, context), {});
  RC_ASSERT(read.ok());
  RC_ASSERT(read->address == context.nvme);
  RC_ASSERT(read->nqn == volume.Nqn());
  RC_ASSERT(read->host == context.host);
  RC_ASSERT(read->generation == context.generation);
  RC_ASSERT(read->formatting == context.formatting);
  RC_ASSERT(read->fs_type == context.fs_type);
}

}  // namespace
}  // namespace rds_csi
