// SPDX-License-Identifier: Apache-2.0
#include "csi/controller_requests.h"

#include <fmt/format.h>

#include "csi.pb.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

constexpr char kCreate[] = R"(
    name: "pvc-1"
    volume_capabilities { mount {} access_mode { mode: SINGLE_NODE_WRITER } }
    capacity_range { required_bytes: 1073741824 })";

constexpr char kAttach[] = R"(
    volume_id: "pvc-1"
    node_id: "worker-1"
    volume_capability { block {} access_mode { mode: SINGLE_NODE_WRITER } })";

constexpr char kElsewhere[] =
    R"(accessibility_requirements { requisite { segments { key: "topology.x/zone" value: "b" } } })";

const std::vector<std::string> kBasePaths = {"/storage-pool/csi", "/other/csi"};
const OptionalTopology kOff;
const OptionalTopology kZoneA = TopologySegment{"topology.x/zone", "a"};

absl::StatusOr<CreateRequest> Create(const csi::v1::CreateVolumeRequest& request) {
  return ReadCreate(request, kBasePaths, kOff);
}

std::string Parameter(const std::string& key, const std::string& value) {
  return "parameters { key: \"" + key + "\" value: \"" + value + "\" }";
}

std::vector<Refusal> BadParameters() {
  std::vector<Refusal> refusals = {
      {"", Parameter("volumepath", "/storage-pool/csi"), "volumepath"},
      {"", Parameter("nqnPrefix", "x"), "nqnPrefix"},
      {"", Parameter("volumePath", "/elsewhere"), "volumePath"},
      {"", Parameter("volumePath", "/storage-pool/csi/../x"), "volumePath"},
      {"", Parameter("nvmeAddress", "10.0.0.1,hostnqn=x"), "nvmeAddress"},
      {"", Parameter("nvmeAddress", "a\\nb"), "nvmeAddress"},
      {"", Parameter("nvmePort", "65536"), "nvmePort"},
      {"", Parameter("fsType", "btrfs"), "fsType"},
      {"", Parameter("csi.storage.k8s.io/fstype", "ntfs"), "csi.storage.k8s.io/fstype"},
      {"", Parameter("ctrlLossTmo", "-2"), "ctrlLossTmo"},
      {"", Parameter("reconnectDelay", "0"), "reconnectDelay"},
      {"", Parameter("keepAliveTmo", "5s"), "keepAliveTmo"},
      {"", Parameter("migrationTimeoutSeconds", "29"), "migrationTimeoutSeconds"},
      {"", Parameter("migrationTimeoutSeconds", "3601"), "migrationTimeoutSeconds"}};
  // What RouterOS's console would take for more than a value.
  for (const char* syntax : {"\\\"", ";", "$x", "[find]", "{x}", "\\\\", "a b", "\\n"}) {
    refusals.push_back(
        {"", Parameter("volumePath", std::string("/storage-pool/csi/") + syntax), "volumePath"});
  }
  return refusals;
}

std::vector<Refusal> BadSizes() {
  const auto range = [](const std::string& inside) { return "capacity_range { " + inside + " }"; };
  return {{"capacity_range", range("required_bytes: -1"), "required_bytes -1"},
          {"capacity_range", range("limit_bytes: -4096"), "limit_bytes -4096"},
          {"capacity_range", range("required_bytes: 2147483648 limit_bytes: 1073741824"),
           "limit_bytes 1073741824", Code::kOutOfRange},
          {"capacity_range", range("required_bytes: 17592186044417"), "17592186044417",
           Code::kOutOfRange},
          {"capacity_range", range("required_bytes: 4097 limit_bytes: 8191"), "8191",
           Code::kOutOfRange}};
}

TEST(ControllerRequestsTest, VOL_2_TheNameIsTheVolumeId) {
  EXPECT_EQ(Create(Parse<csi::v1::CreateVolumeRequest>(kCreate))->id.str(), "pvc-1");
}

TEST(ControllerRequestsTest, VOL_2_CreateRefusesNamesThatAreNone) {
  ExpectRefusals(Parse<csi::v1::CreateVolumeRequest>(kCreate), BadNames("name", 128), Create);
}

TEST(ControllerRequestsTest, VOL_3_CreateRefusesParametersByTheirKey) {
  ExpectRefusals(Parse<csi::v1::CreateVolumeRequest>(kCreate), BadParameters(), Create);
}

TEST(ControllerRequestsTest, VOL_1_CreateRefusesSizesThatCannotBe) {
  ExpectRefusals(Parse<csi::v1::CreateVolumeRequest>(kCreate), BadSizes(), Create);
}

TEST(ControllerRequestsTest, ACC_1_CreateRefusesCapabilitiesItCannotServe) {
  ExpectRefusals(Parse<csi::v1::CreateVolumeRequest>(kCreate),
                 BadCapabilities("volume_capabilities") +
                     std::vector<Refusal>{{"volume_capabilities", "", "volume_capabilities"}},
                 Create);
}

TEST(ControllerRequestsTest, ACC_1_TheOneBadCapabilityAmongSeveralIsNamed) {
  ExpectRefusals(Parse<csi::v1::CreateVolumeRequest>(kCreate),
                 {{"", "volume_capabilities { block {} }", "volume_capabilities[1]"}}, Create);
}

TEST(ControllerRequestsTest, ACC_1_EveryModeThatIsOfferedIsTaken) {
  for (const char* mode : {"SINGLE_NODE_WRITER", "SINGLE_NODE_READER_ONLY",
                           "SINGLE_NODE_SINGLE_WRITER", "SINGLE_NODE_MULTI_WRITER"}) {
    for (const char* kind : {"block", "mount"}) {
      const auto request = Parse<csi::v1::CreateVolumeRequest>(fmt::format(
          "name: 'v' volume_capabilities {{ {} {{}} access_mode {{ mode: {} }} }}", kind, mode));
      ASSERT_TRUE(Create(request).ok()) << kind << mode;
      EXPECT_EQ(NameOf(Create(request)->capabilities.at(0).mode), mode);
    }
  }
  EXPECT_TRUE(Create(Parse<csi::v1::CreateVolumeRequest>(
                         "name: 'v' volume_capabilities { block {} access_mode { mode: "
                         "MULTI_NODE_MULTI_WRITER } }"))
                  .ok());
}

TEST(ControllerRequestsTest, CreateRefusesWhatIsNotAdvertised) {
  ExpectRefusals(
      Parse<csi::v1::CreateVolumeRequest>(kCreate),
      {{"", "volume_content_source { snapshot { snapshot_id: 's' } }", "volume_content_source"},
       {"", "volume_content_source { volume { volume_id: 'v' } }", "volume_content_source"},
       {"", "mutable_parameters { key: 'iops' value: '1' }", "iops"}},
      Create);
}

TEST(ControllerRequestsTest, OfSeveralMutableParametersTheFirstByNameIsTold) {
  auto request = Parse<csi::v1::CreateVolumeRequest>(kCreate);
  for (char name = 'z'; name >= 'a'; --name) {
    (*request.mutable_mutable_parameters())[std::string(1, name)] = "1";
  }
  EXPECT_THAT(Message(Create(request).status()), testing::HasSubstr("\"a\""));
}

TEST(ControllerRequestsTest, CreateKnowsNoPlacesWhileTopologyIsOff) {
  auto request = Parse<csi::v1::CreateVolumeRequest>(kCreate);
  request.MergeFrom(Parse<csi::v1::CreateVolumeRequest>(kElsewhere));
  EXPECT_TRUE(ReadCreate(request, kBasePaths, kOff).ok());
}

TEST(ControllerRequestsTest, CreateRefusesPlacesThatCannotReachTheRds) {
  auto request = Parse<csi::v1::CreateVolumeRequest>(kCreate);
  request.MergeFrom(Parse<csi::v1::CreateVolumeRequest>(kElsewhere));
  EXPECT_EQ(ReadCreate(request, kBasePaths, kZoneA).status().code(), Code::kResourceExhausted);
  auto& here = *request.mutable_accessibility_requirements()->add_requisite();
  (*here.mutable_segments())["topology.x/zone"] = "a";
  EXPECT_TRUE(ReadCreate(request, kBasePaths, kZoneA).ok());
}

TEST(ControllerRequestsTest, ATT_1_AttachRefusesWhatIsWrongByName) {
  const std::vector<Refusal> contexts = {
      {"", "volume_context { key: 'nvmePort' value: '-1' }", "nvmePort"},
      {"", "volume_context { key: 'nqn' value: 'nqn.2000-02.com.mikrotik:pvc-2' }", "nqn"},
      {"", "volume_context { key: 'volumePath' value: '/a;/b' }", "volumePath"}};
  ExpectRefusals(Parse<csi::v1::ControllerPublishVolumeRequest>(kAttach),
                 BadNames("volume_id", 128) + BadNames("node_id", 192) +
                     BadCapabilities("volume_capability") + contexts +
                     std::vector<Refusal>{{"volume_capability", "", "volume_capability"}},
                 ReadAttach);
}

TEST(ControllerRequestsTest, AttachLetsReadonlyPass) {
  auto request = Parse<csi::v1::ControllerPublishVolumeRequest>(kAttach);
  request.set_readonly(true);
  EXPECT_TRUE(ReadAttach(request).ok());
}

TEST(ControllerRequestsTest, ATT_9_DetachWithoutANodeMeansEveryNode) {
  const auto all = Parse<csi::v1::ControllerUnpublishVolumeRequest>("volume_id: 'pvc-1'");
  EXPECT_FALSE(ReadDetach(all)->node.has_value());
  const auto one =
      Parse<csi::v1::ControllerUnpublishVolumeRequest>("volume_id: 'pvc-1' node_id: 'worker-1'");
  EXPECT_EQ(ReadDetach(one)->node->str(), "worker-1");
}

TEST(ControllerRequestsTest, ATT_9_DetachRefusesWhatIsWrongByName) {
  std::vector<Refusal> nodes = BadNames("node_id", 192);
  nodes.erase(nodes.begin());  // missing is fine
  ExpectRefusals(
      Parse<csi::v1::ControllerUnpublishVolumeRequest>("volume_id: 'pvc-1' node_id: 'worker-1'"),
      BadNames("volume_id", 128) + nodes, ReadDetach);
}

TEST(ControllerRequestsTest, VOL_1_GrowRefusesWhatIsWrongByName) {
  ExpectRefusals(
      Parse<csi::v1::ControllerExpandVolumeRequest>(
          "volume_id: 'pvc-1' capacity_range { required_bytes: 4096 }"),
      BadNames("volume_id", 128) + BadSizes() + BadCapabilities("volume_capability") +
          std::vector<Refusal>{{"capacity_range", "", "capacity_range: missing"},
                               {"capacity_range", "capacity_range { limit_bytes: 1048576 }",
                                "required_bytes is missing"}},
      ReadGrow);
}

TEST(ControllerRequestsTest, CapacityIsOfTheDirectoryThatTheParametersName) {
  const auto read = [](const csi::v1::GetCapacityRequest& request) {
    return ReadCapacityDirectory(request, kBasePaths);
  };
  EXPECT_EQ(*read({}), "/storage-pool/csi");
  EXPECT_EQ(*read(Parse<csi::v1::GetCapacityRequest>(Parameter("volumePath", "/other/csi/a"))),
            "/other/csi/a");
  ExpectRefusals(csi::v1::GetCapacityRequest(),
                 BadParameters() + BadCapabilities("volume_capabilities"), read);
}

TEST(ControllerRequestsTest, ValidateMustAskForSomething) {
  ExpectRefusals(Parse<csi::v1::ValidateVolumeCapabilitiesRequest>(
                     "volume_id: 'pvc-1' volume_capabilities {}"),
                 BadNames("volume_id", 128) +
                     std::vector<Refusal>{{"volume_capabilities", "", "volume_capabilities"}},
                 ReadValidated);
}

TEST(ControllerRequestsTest, ValidateSaysWhatAVolumeCannotDo) {
  const VolumeId id = *VolumeId::Parse("pvc-1");
  const auto check = [&id](const csi::v1::ValidateVolumeCapabilitiesRequest& request) {
    const absl::Status status = CheckValidated(request, id, kBasePaths);
    return status.ok() ? absl::StatusOr<bool>(true) : absl::StatusOr<bool>(status);
  };
  ExpectRefusals(
      Parse<csi::v1::ValidateVolumeCapabilitiesRequest>(
          "volume_id: 'pvc-1' volume_capabilities { block {} access_mode { mode: "
          "SINGLE_NODE_WRITER } }"),
      BadCapabilities("volume_capabilities") + BadParameters() +
          std::vector<Refusal>{{"", "volume_context { key: 'nqn' value: 'nqn:x' }", "nqn"},
                               {"", "mutable_parameters { key: 'iops' value: '1' }", "iops"}},
      check);
}

}  // namespace
}  // namespace rds_csi
