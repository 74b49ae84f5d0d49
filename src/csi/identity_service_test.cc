// SPDX-License-Identifier: Apache-2.0
#include "csi/identity_service.h"

#include <latch>
#include <memory>

#include "base/fake_clock.h"
#include "csi.grpc.pb.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

using csi::v1::Identity;
using csi::v1::PluginCapability;

class IdentityServiceTest : public testing::Test {
 protected:
  void Start(Readiness::Check check, bool has_topology = false) {
    readiness_ = std::make_unique<Readiness>(std::move(check));
    service_ = NewIdentityService(rpcs_, {"rds.example", "1.2.3", has_topology}, *readiness_);
    server_ = std::make_unique<TestServer>(folder_ / "csi.sock",
                                           std::vector<grpc::Service*>{service_.get()});
  }
  void StartAndCheck(const absl::Status& status) {
    Start([status](absl::Time) { return status; });
    while (readiness_->Latest() != status) absl::SleepFor(absl::Milliseconds(1));
  }
  Answer<csi::v1::ProbeResponse> Probe() {
    return CallTo(server_->channel(), &Identity::Stub::Probe, csi::v1::ProbeRequest());
  }
  csi::v1::GetPluginCapabilitiesResponse Capabilities() {
    return CallTo(server_->channel(), &Identity::Stub::GetPluginCapabilities,
                  csi::v1::GetPluginCapabilitiesRequest())
        .response;
  }

  TemporaryFolder folder_;
  CapturedLog log_{folder_ / "log"};
  KeptAudit audit_;
  FakeClock clock_;
  WireClock wire_clock_{clock_};
  Metrics metrics_{"1", "node"};
  Rpcs rpcs_{wire_clock_, audit_.log(), metrics_};
  std::unique_ptr<Readiness> readiness_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(IdentityServiceTest, IDN_1_TellsNameAndVersion) {
  StartAndCheck(absl::OkStatus());
  const auto info =
      CallTo(server_->channel(), &Identity::Stub::GetPluginInfo, csi::v1::GetPluginInfoRequest())
          .response;
  EXPECT_EQ(info.name(), "rds.example");
  EXPECT_EQ(info.vendor_version(), "1.2.3");
}

TEST_F(IdentityServiceTest, IDN_1_TellsWhatThePluginCanDo) {
  StartAndCheck(absl::OkStatus());
  const auto found = Capabilities();
  ASSERT_EQ(found.capabilities_size(), 2);
  EXPECT_EQ(found.capabilities(0).service().type(), PluginCapability::Service::CONTROLLER_SERVICE);
  EXPECT_EQ(found.capabilities(1).volume_expansion().type(),
            PluginCapability::VolumeExpansion::ONLINE);
}

TEST_F(IdentityServiceTest, IDN_1_ConstrainsWhereVolumesAreReachableOnlyWithTopology) {
  Start([](absl::Time) { return absl::OkStatus(); }, /*has_topology=*/true);
  EXPECT_EQ(Capabilities().capabilities(1).service().type(),
            PluginCapability::Service::VOLUME_ACCESSIBILITY_CONSTRAINTS);
}

TEST_F(IdentityServiceTest, IDN_1_ProbeTellsThatAllIsWell) {
  StartAndCheck(absl::OkStatus());
  EXPECT_TRUE(Probe().response.ready().value());
}

TEST_F(IdentityServiceTest, IDN_1_ProbeTellsToWaitWhileTheRdsIsAway) {
  StartAndCheck(absl::UnavailableError("the RDS is away"));
  EXPECT_TRUE(Probe().ok());
  EXPECT_TRUE(Probe().response.has_ready());
  EXPECT_FALSE(Probe().response.ready().value());
}

TEST_F(IdentityServiceTest, IDN_1_ProbeTellsWhyWaitingIsUseless) {
  StartAndCheck(absl::FailedPreconditionError("RouterOS 7.16 is too old"));
  EXPECT_EQ(Probe().code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Probe().message(), "RouterOS 7.16 is too old");
}

TEST_F(IdentityServiceTest, IDN_1_ProbeNeverBlocksWhileTheRdsHangs) {
  const auto finish = std::make_shared<std::latch>(1);  // the check outlives this scope
  Start([finish](absl::Time) {
    finish->wait();
    return absl::OkStatus();
  });
  const absl::Time start = absl::Now();
  EXPECT_FALSE(Probe().response.ready().value());
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  finish->count_down();
}

}  // namespace
}  // namespace rds_csi
