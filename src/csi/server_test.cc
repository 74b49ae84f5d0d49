// SPDX-License-Identifier: Apache-2.0
#include "csi/server.h"

#include <google/protobuf/unknown_field_set.h>
#include <grpc/support/log.h>
#include <sys/stat.h>

#include <csignal>
#include <functional>
#include <future>
#include <latch>
#include <thread>

#include "csi.grpc.pb.h"
#include "csi/stop_signal.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

using csi::v1::Identity;

class SlowIdentity final : public Identity::Service {
 public:
  grpc::Status Probe(grpc::ServerContext*, const csi::v1::ProbeRequest*,
                     csi::v1::ProbeResponse*) override {
    const OnTheWire on_the_wire;
    work();
    return grpc::Status::OK;
  }
  std::function<void()> work = [] {};
};

class ServerTest : public testing::Test {
 protected:
  grpc::Status Probe() {
    return CallTo(grpc::CreateChannel("unix://" + path_, grpc::InsecureChannelCredentials()),
                  &Identity::Stub::Probe, csi::v1::ProbeRequest())
        .status;
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "csi.sock";
  SlowIdentity identity_;
};

TEST_F(ServerTest, AnswersOnItsSocket) {
  const TestServer server(path_, {&identity_});
  EXPECT_TRUE(Probe().ok());
}

TEST_F(ServerTest, TheSocketIsForOurUserAlone) {
  const TestServer server(path_, {&identity_});
  struct stat info = {};
  ASSERT_EQ(lstat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ServerTest, TheUmaskOfTheProcessStaysAsItWas) {
  const mode_t former = umask(022);
  {
    const TestServer server(path_, {&identity_});
  }
  EXPECT_EQ(umask(former), 022U);
}

TEST_F(ServerTest, ASecondServerIsRefusedAndTheFirstGoesOn) {
  const TestServer first(path_, {&identity_});
  EXPECT_EQ(Server::Start(path_, {}).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Probe().ok());
}

TEST_F(ServerTest, ASocketThatGrpcCannotListenOnIsAnError) {
  const auto server = Server::Start(folder_ / std::string(120, 'a'), {&identity_});
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, WhatGrpcCallsAnErrorIsAWarningInOurLog) {
  const TestServer server(path_, {&identity_});
  const CapturedLog log(folder_ / "log");
  gpr_log(GPR_ERROR, "trouble");
  EXPECT_THAT(log.Text(),
              testing::HasSubstr(R"("level":"warning","message":"grpc","text":"trouble")"));
}

TEST_F(ServerTest, TheSocketIsGoneAfterStopping) {
  {
    const TestServer server(path_, {&identity_});
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ServerTest, AServiceThatIsNotThereIsUnimplemented) {
  const TestServer server(path_, {&identity_});
  EXPECT_EQ(CallTo(server.channel(), &csi::v1::GroupController::Stub::GetVolumeGroupSnapshot,
                   csi::v1::GetVolumeGroupSnapshotRequest())
                .code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerTest, ARequestThatIsFarTooLargeIsRefused) {
  const TestServer server(path_, {&identity_});
  csi::v1::ProbeRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
      999, std::string(2 << 20, 'a'));
  EXPECT_EQ(CallTo(server.channel(), &Identity::Stub::Probe, request).code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ServerTest, StoppingWaitsForARunningCall) {
  std::latch running(1);
  std::latch finish(1);
  identity_.work = [&] {
    running.count_down();
    finish.wait();
  };
  const auto server = *Server::Start(path_, {&identity_});
  auto answer = std::async(std::launch::async, [this] { return Probe(); });
  running.wait();
  auto stopped = std::async(std::launch::async, [&] { return server->Stop(absl::Seconds(20)); });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  finish.count_down();
  EXPECT_TRUE(stopped.get());
  EXPECT_TRUE(answer.get().ok());
}

TEST_F(ServerTest, StoppingDoesNotWaitForACallThatHangs) {
  std::latch running(1);
  std::latch finish(1);
  identity_.work = [&] {
    running.count_down();
    finish.wait();
  };
  const auto server = *Server::Start(path_, {&identity_});
  auto answer = std::async(std::launch::async, [this] { return Probe(); });
  running.wait();
  EXPECT_FALSE(server->Stop(absl::Milliseconds(10)));
  finish.count_down();  // so that the test can end
  EXPECT_FALSE(answer.get().ok());
}

// In a process of its own, whose threads are all made after the signals are held.
void AnswerWhileBeingStopped(const std::string& path) {
  HoldStopSignals();
  SlowIdentity identity;
  identity.work = [] {
    kill(getpid(), SIGTERM);
    absl::SleepFor(absl::Milliseconds(200));
  };
  const auto server = *Server::Start(path, {&identity});
  auto answer = std::async(std::launch::async, [&path] {
    return CallTo(grpc::CreateChannel("unix://" + path, grpc::InsecureChannelCredentials()),
                  &Identity::Stub::Probe, csi::v1::ProbeRequest())
        .status;
  });
  const bool stopped = WaitForStopSignal() == "SIGTERM" && server->Stop(absl::Seconds(20));
  std::_Exit(stopped && answer.get().ok() ? 0 : 1);
}

TEST_F(ServerTest, ASignalEndsTheProcessAfterTheRunningCallIsAnswered) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(AnswerWhileBeingStopped(path_), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rds_csi
