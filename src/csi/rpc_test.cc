// SPDX-License-Identifier: Apache-2.0
#include "csi/rpc.h"

#include <atomic>
#include <functional>
#include <latch>
#include <thread>

#include "base/fake_clock.h"
#include "csi.grpc.pb.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Work = std::function<absl::Status(Call&)>;

// Two RPCs, one that changes something and one that does not, that do what a test says.
class ScriptedNode final : public csi::v1::Node::Service {
 public:
  explicit ScriptedNode(Rpcs& rpcs) : rpcs_(rpcs) {}
  grpc::Status NodeStageVolume(grpc::ServerContext* context,
                               const csi::v1::NodeStageVolumeRequest* request,
                               csi::v1::NodeStageVolumeResponse*) override {
    const OnTheWire on_the_wire;
    before();
    return rpcs_.Answer(*context, *request, work);
  }
  grpc::Status NodeGetInfo(grpc::ServerContext* context, const csi::v1::NodeGetInfoRequest* request,
                           csi::v1::NodeGetInfoResponse*) override {
    const OnTheWire on_the_wire;
    return rpcs_.Answer(*context, *request, work);
  }

  std::function<void()> before = [] {};
  Work work = [](Call&) { return absl::OkStatus(); };

 private:
  Rpcs& rpcs_;
};

class RpcTest : public testing::Test {
 protected:
  Answer<csi::v1::NodeStageVolumeResponse> Stage(absl::Duration timeout = absl::Seconds(30)) {
    return CallTo(server_.channel(), &csi::v1::Node::Stub::NodeStageVolume, request_, timeout);
  }
  Answer<csi::v1::NodeGetInfoResponse> GetInfo() {
    return CallTo(server_.channel(), &csi::v1::Node::Stub::NodeGetInfo,
                  csi::v1::NodeGetInfoRequest());
  }
  void Answering(absl::Status status) {
    node_.work = [status = std::move(status)](Call&) { return status; };
  }

  TemporaryFolder folder_;
  CapturedLog log_{folder_ / "log"};
  KeptAudit audit_;
  FakeClock clock_;
  Metrics metrics_{"1", "node"};
  Rpcs rpcs_{clock_, audit_.log(), metrics_};
  ScriptedNode node_{rpcs_};
  TestServer server_{folder_ / "csi.sock", {&node_}};
  csi::v1::NodeStageVolumeRequest request_ =
      Parse<csi::v1::NodeStageVolumeRequest>("volume_id: 'pvc-1' staging_target_path: '/s'");
  const VolumeId id_ = *VolumeId::Parse("pvc-1");
};

TEST(WorkingTimeTest, LeavesTimeToAnswer) {
  EXPECT_EQ(WorkingTime(absl::Seconds(100)), absl::Seconds(99));
  EXPECT_EQ(WorkingTime(absl::Seconds(1)), absl::Milliseconds(900));
}

TEST(WorkingTimeTest, IsTwoMinutesWhereTheClientSaysNothing) {
  EXPECT_EQ(WorkingTime(std::nullopt), absl::Minutes(2));
}

TEST(WorkingTimeTest, IsBounded) { EXPECT_EQ(WorkingTime(absl::Hours(1)), absl::Minutes(5)); }

TEST_F(RpcTest, TheClientsDeadlineIsTheWorks) {
  absl::Duration left;
  node_.work = [&](Call& call) {
    left = call.deadline() - clock_.Now();
    return absl::OkStatus();
  };
  ASSERT_TRUE(Stage(absl::Seconds(10)).ok());
  EXPECT_GT(left, absl::Seconds(7));
  EXPECT_LT(left, absl::Seconds(9.5));
}

TEST_F(RpcTest, ATimedOutWorkIsAnsweredBeforeTheClientGivesUp) {
  node_.work = [&](Call& call) {
    absl::SleepFor(call.deadline() - clock_.Now());
    return absl::DeadlineExceededError("the RDS did not answer in time");
  };
  EXPECT_EQ(Stage(absl::Seconds(1)).message(), "the RDS did not answer in time");
}

TEST_F(RpcTest, ACallThatItsClientHasGivenUpDoesNothing) {
  std::atomic<bool> worked = false;
  node_.before = [] { absl::SleepFor(absl::Seconds(1)); };
  node_.work = [&](Call&) {
    worked = true;
    return absl::OkStatus();
  };
  EXPECT_EQ(Stage(absl::Milliseconds(500)).code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  while (log_.Rpcs().empty()) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_FALSE(worked);
  EXPECT_EQ(log_.Rpcs()[0]["code"], "DEADLINE_EXCEEDED");
}

TEST_F(RpcTest, TheSecondCallOnAVolumeIsAborted) {
  std::latch locked(1);
  std::latch finish(1);
  node_.work = [&](Call& call) -> absl::Status {
    RETURN_IF_ERROR(call.Lock(id_));
    locked.count_down();
    finish.wait();
    return absl::OkStatus();
  };
  std::thread first([&] { EXPECT_TRUE(Stage().ok()); });
  locked.wait();
  const auto second = Stage();
  finish.count_down();
  first.join();
  EXPECT_EQ(second.code(), grpc::StatusCode::ABORTED);
  EXPECT_THAT(second.message(), HasSubstr("NodeStageVolume is still running"));
}

TEST_F(RpcTest, AFailedCallGivesTheVolumeBack) {
  node_.work = [&](Call& call) -> absl::Status {
    RETURN_IF_ERROR(call.Lock(id_));
    return absl::InternalError("no");
  };
  EXPECT_EQ(Stage().code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(Stage().code(), grpc::StatusCode::INTERNAL);
}

TEST_F(RpcTest, AUD_1_AChangeIsAuditedAsUnknownBeforeItIsTried) {
  std::vector<nlohmann::json> before;
  node_.work = [&](Call&) {
    before = audit_.Lines();
    return absl::OkStatus();
  };
  Stage();
  ASSERT_THAT(before, SizeIs(1));
  EXPECT_EQ(before[0]["action"], "stage");
  EXPECT_EQ(before[0]["outcome"], "unknown");
  EXPECT_EQ(before[0]["volume_id"], "pvc-1");
  EXPECT_EQ(before[0]["staging_target_path"], "/s");
}

TEST_F(RpcTest, AUD_1_SuccessIsAuditedWithItsDuration) {
  node_.work = [&](Call&) {
    clock_.Advance(absl::Milliseconds(1234));
    return absl::OkStatus();
  };
  Stage();
  ASSERT_THAT(audit_.Lines(), SizeIs(2));
  EXPECT_EQ(audit_.Lines()[1]["outcome"], "success");
  EXPECT_EQ(audit_.Lines()[1]["duration_ms"], 1234);
  EXPECT_EQ(audit_.Lines()[1]["call"], audit_.Lines()[0]["call"]);
}

TEST_F(RpcTest, AUD_1_USE_2_FailureIsAuditedWithItsReason) {
  Answering(absl::FailedPreconditionError("in use by qemu[PID:7]"));
  Stage();
  ASSERT_THAT(audit_.Lines(), SizeIs(2));
  EXPECT_EQ(audit_.Lines()[1]["outcome"], "failure");
  EXPECT_EQ(audit_.Lines()[1]["code"], "FAILED_PRECONDITION");
  EXPECT_EQ(audit_.Lines()[1]["error"], "in use by qemu[PID:7]");
}

TEST_F(RpcTest, AUD_1_AQuestionIsNotAudited) {
  GetInfo();
  EXPECT_THAT(audit_.Lines(), IsEmpty());
}

TEST_F(RpcTest, MET_1_AnRpcIsCountedByMethodAndCodeAndTimed) {
  node_.work = [&](Call&) {
    clock_.Advance(absl::Seconds(7));
    return absl::UnavailableError("the RDS is away");
  };
  Stage();
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("rds_csi_rpcs_total{code=\"UNAVAILABLE\",method=\"NodeStageVolume\"} "
                              "1\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{method=\"NodeStageVolume\",le=\"5\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{method=\"NodeStageVolume\",le=\"10\"} 1\n"));
}

TEST_F(RpcTest, MET_1_AnRpcCountsAsRunningWhileItRuns) {
  std::string meanwhile;
  node_.work = [&](Call&) {
    meanwhile = metrics_.Text();
    return absl::OkStatus();
  };
  Stage();
  const std::string running = "rds_csi_rpcs_running{method=\"NodeStageVolume\"} ";
  EXPECT_THAT(meanwhile, HasSubstr(running + "1\n"));
  EXPECT_THAT(metrics_.Text(), HasSubstr(running + "0\n"));
}

TEST_F(RpcTest, EachRpcLeavesOneLogLine) {
  Answering(absl::UnavailableError("the RDS is away"));
  Stage();
  ASSERT_THAT(log_.Rpcs(), SizeIs(1));
  nlohmann::json line = log_.Rpcs()[0];
  EXPECT_EQ(line["method"], "NodeStageVolume");
  EXPECT_EQ(line["volume_id"], "pvc-1");
  EXPECT_EQ(line["code"], "UNAVAILABLE");
  EXPECT_EQ(line["error"], "the RDS is away");
  EXPECT_EQ(line["duration_ms"], "0");
}

TEST_F(RpcTest, TheLevelSaysWhoseTroubleItIs) {
  const auto level_of = [this](absl::Status status) -> std::string {
    Answering(std::move(status));
    Stage();
    return log_.Rpcs().back()["level"];
  };
  EXPECT_EQ(level_of(absl::OkStatus()), "info");
  EXPECT_EQ(level_of(absl::InvalidArgumentError("x")), "warning");
  EXPECT_EQ(level_of(absl::AbortedError("x")), "warning");
  EXPECT_EQ(level_of(absl::CancelledError("x")), "warning");
  EXPECT_EQ(level_of(absl::InternalError("x")), "error");
  EXPECT_EQ(level_of(absl::UnavailableError("x")), "error");
  EXPECT_EQ(level_of(absl::DeadlineExceededError("x")), "error");
  Answering(absl::OkStatus());
  GetInfo();
  EXPECT_EQ(log_.Rpcs().back()["level"], "debug");
}

TEST_F(RpcTest, WarningsOfASuccessAreLogged) {
  node_.work = [](Call& call) {
    call.Warn({"the search for users timed out"});
    return absl::OkStatus();
  };
  EXPECT_TRUE(Stage().ok());
  EXPECT_EQ(log_.Rpcs()[0]["level"], "warning");
  EXPECT_EQ(log_.Rpcs()[0]["warnings"], "the search for users timed out");
}

TEST_F(RpcTest, Pain29_SecretsAreNeverLogged) {
  (*request_.mutable_secrets())["password"] = "hunter2";
  (*request_.mutable_volume_context())["nvmePort"] = "4420";
  Stage();
  EXPECT_THAT(log_.Text(), HasSubstr("nvmePort"));
  EXPECT_THAT(log_.Text(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(nlohmann::json(audit_.Lines()).dump(), Not(HasSubstr("hunter2")));
}

TEST_F(RpcTest, RequestsAreLoggedAtDebugLevelOnly) {
  SetLogLevel(LogLevel::kInfo);
  (*request_.mutable_volume_context())["nvmePort"] = "4420";
  Stage();
  EXPECT_THAT(log_.Text(), Not(HasSubstr("nvmePort")));
}

TEST_F(RpcTest, AVolumeIdCannotForgeALogLine) {
  request_.set_volume_id("x\n{\"message\":\"rpc\",\"code\":\"OK\",\"method\":\"forged\"}\n");
  Answering(absl::InvalidArgumentError(request_.volume_id()));
  Stage();
  ASSERT_THAT(log_.Rpcs(), SizeIs(1));
  EXPECT_EQ(log_.Rpcs()[0]["method"], "NodeStageVolume");
  EXPECT_THAT(audit_.Lines(), SizeIs(2));
}

TEST_F(RpcTest, AnErrorTravelsAsOneLineOfValidText) {
  Answering(absl::InternalError("mkfs said:\n\xff\x1b[31m"));
  EXPECT_EQ(Stage().message(), "mkfs said: \xef\xbf\xbd [31m");
}

}  // namespace
}  // namespace rds_csi
