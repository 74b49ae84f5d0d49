// SPDX-License-Identifier: Apache-2.0
#include "csi/node_requests.h"

#include "csi.pb.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

constexpr char kStage[] = R"(
    volume_id: "pvc-1"
    staging_target_path: "/var/lib/kubelet/staging"
    volume_capability { mount {} access_mode { mode: SINGLE_NODE_WRITER } }
    publish_context { key: "nvme_address" value: "10.0.0.1" })";

constexpr char kPublish[] = R"(
    volume_id: "pvc-1"
    staging_target_path: "/var/lib/kubelet/staging"
    target_path: "/var/lib/kubelet/target"
    volume_capability { block {} access_mode { mode: SINGLE_NODE_WRITER } })";

constexpr char kTarget[] = R"(volume_id: "pvc-1" target_path: "/var/lib/kubelet/target")";
constexpr char kStaging[] = R"(volume_id: "pvc-1" staging_target_path: "/var/lib/kubelet/staging")";
constexpr char kVolume[] = R"(volume_id: "pvc-1" volume_path: "/var/lib/kubelet/target")";

std::string Context(const std::string& context, const std::string& key, const std::string& value) {
  return context + " { key: \"" + key + "\" value: \"" + value + "\" }";
}

TEST(NodeRequestsTest, BLK_1_StageKnowsABlockVolumeByItsCapability) {
  auto request = Parse<csi::v1::NodeStageVolumeRequest>(kStage);
  EXPECT_FALSE(ReadStage(request)->capability.block);
  request.mutable_volume_capability()->mutable_block();
  EXPECT_TRUE(ReadStage(request)->capability.block);
}

TEST(NodeRequestsTest, ATT_8_StageReadsThePublishContextBeforeTheVolumeContext) {
  auto request = Parse<csi::v1::NodeStageVolumeRequest>(kStage);
  (*request.mutable_volume_context())["nvmeAddress"] = "10.9.9.9";
  (*request.mutable_volume_context())["nvmePort"] = "4421";
  EXPECT_EQ(ReadStage(request)->target.address, (HostPort{"10.0.0.1", 4421}));
}

TEST(NodeRequestsTest, StageRefusesWhatIsWrongByName) {
  const std::vector<Refusal> contexts = {
      {"publish_context", "", "nvme_address"},
      {"", Context("publish_context", "nvme_address", "10.0.0.1,hostnqn=x"), "nvme_address"},
      {"", Context("publish_context", "nvme_address", "10.0.0.1\\nnqn=x"), "nvme_address"},
      {"", Context("publish_context", "nvme_port", "0"), "nvme_port"},
      {"", Context("publish_context", "nvme_port", "4420,x"), "nvme_port"},
      {"", Context("publish_context", "nvme_nqn", "nqn.2000-02.com.mikrotik:pvc-2"), "nvme_nqn"},
      {"", Context("publish_context", "nvme_nqn", "nqn,traddr=6.6.6.6"), "nvme_nqn"},
      {"", Context("publish_context", "host_nqn", "nqn\\nx"), "host_id"},
      {"", Context("publish_context", "fs_type", "ntfs"), "fs_type"},
      {"", Context("volume_context", "ctrlLossTmo", "many"), "ctrlLossTmo"},
      {"", Context("volume_context", "nqn", "nqn.2000-02.com.mikrotik:pvc-2"), "nqn"}};
  ExpectRefusals(Parse<csi::v1::NodeStageVolumeRequest>(kStage),
                 BadNames("volume_id", 128) + BadPaths("staging_target_path") +
                     BadCapabilities("volume_capability") + contexts,
                 ReadStage);
}

TEST(NodeRequestsTest, StageLooksAtIdThenPathThenCapability) {
  csi::v1::NodeStageVolumeRequest request;
  EXPECT_THAT(Message(ReadStage(request).status()), testing::StartsWith("volume_id"));
  request.set_volume_id("pvc-1");
  EXPECT_THAT(Message(ReadStage(request).status()), testing::StartsWith("staging_target_path"));
  request.set_staging_target_path("/var/lib/kubelet/staging");
  EXPECT_THAT(Message(ReadStage(request).status()), testing::StartsWith("volume_capability"));
}

TEST(NodeRequestsTest, UnstageRefusesWhatIsWrongByName) {
  ExpectRefusals(Parse<csi::v1::NodeUnstageVolumeRequest>(kStaging),
                 BadNames("volume_id", 128) + BadPaths("staging_target_path"), ReadUnstage);
}

TEST(NodeRequestsTest, PublishRefusesWhatIsWrongByName) {
  std::vector<Refusal> staging = BadPaths("staging_target_path");
  staging.front().code = absl::StatusCode::kFailedPrecondition;  // missing: CSI says so
  ExpectRefusals(Parse<csi::v1::NodePublishVolumeRequest>(kPublish),
                 BadNames("volume_id", 128) + BadPaths("target_path") +
                     BadCapabilities("volume_capability") + staging,
                 ReadPublish);
}

TEST(NodeRequestsTest, PUB_3_PublishTakesTheReadonlyFlagAlong) {
  auto request = Parse<csi::v1::NodePublishVolumeRequest>(kPublish);
  EXPECT_FALSE(ReadPublish(request)->read_only);
  request.set_readonly(true);
  EXPECT_TRUE(ReadPublish(request)->read_only);
}

TEST(NodeRequestsTest, UnpublishRefusesWhatIsWrongByName) {
  ExpectRefusals(Parse<csi::v1::NodeUnpublishVolumeRequest>(kTarget),
                 BadNames("volume_id", 128) + BadPaths("target_path"), ReadUnpublish);
}

// What is missing is INVALID_ARGUMENT; where no volume can be, there is none.
std::vector<Refusal> PathsWithoutVolume() {
  std::vector<Refusal> paths = BadPaths("volume_path");
  for (size_t i = 1; i < paths.size(); ++i) paths[i].code = absl::StatusCode::kNotFound;
  return paths;
}

TEST(NodeRequestsTest, StatsRefuseWhatIsWrongByName) {
  ExpectRefusals(Parse<csi::v1::NodeGetVolumeStatsRequest>(kVolume),
                 BadNames("volume_id", 128) + PathsWithoutVolume(), ReadUsageRequest);
}

TEST(NodeRequestsTest, ExpandRefusesWhatIsWrongByName) {
  std::vector<Refusal> capabilities = BadCapabilities("volume_capability");
  const std::vector<Refusal> ranges = {
      {"", "capacity_range { required_bytes: -1 }", "required_bytes -1"},
      {"", "capacity_range { limit_bytes: -1 }", "limit_bytes -1"},
      {"", "capacity_range { required_bytes: 8192 limit_bytes: 4096 }", "limit_bytes 4096",
       absl::StatusCode::kOutOfRange}};
  ExpectRefusals(Parse<csi::v1::NodeExpandVolumeRequest>(kVolume),
                 BadNames("volume_id", 128) + PathsWithoutVolume() + capabilities + ranges,
                 ReadExpand);
}

}  // namespace
}  // namespace rds_csi
