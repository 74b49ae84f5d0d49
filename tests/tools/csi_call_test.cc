// SPDX-License-Identifier: Apache-2.0
//
// csi-call against a small plugin on a unix socket: what other tests rely on when they use it.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <barrier>
#include <filesystem>
#include <sstream>
#include <vector>

#include "csi.grpc.pb.h"
#include "session.h"

namespace rds_csi {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Probe waits until two callers are inside; NodeGetInfo is told nothing and says little.
class Plugin final : public csi::v1::Identity::Service {
 public:
  grpc::Status GetPluginInfo(grpc::ServerContext*, const csi::v1::GetPluginInfoRequest*,
                             csi::v1::GetPluginInfoResponse* response) override {
    response->set_name("small.example");
    return grpc::Status::OK;
  }
  grpc::Status GetPluginCapabilities(grpc::ServerContext*,
                                     const csi::v1::GetPluginCapabilitiesRequest*,
                                     csi::v1::GetPluginCapabilitiesResponse*) override {
    return {grpc::StatusCode::FAILED_PRECONDITION, "not today"};
  }
  grpc::Status Probe(grpc::ServerContext*, const csi::v1::ProbeRequest*,
                     csi::v1::ProbeResponse* response) override {
    two_inside_.arrive_and_wait();
    response->mutable_ready()->set_value(true);
    return grpc::Status::OK;
  }

 private:
  std::barrier<> two_inside_{2};
};

class CsiCallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/csi-call-XXXXXX";
    directory_ = ::mkdtemp(name);
    socket_ = "unix://" + directory_ + "/csi.sock";
    server_ = grpc::ServerBuilder()
                  .AddListeningPort(socket_, grpc::InsecureServerCredentials())
                  .RegisterService(&plugin_)
                  .BuildAndStart();
  }
  void TearDown() override {
    server_->Shutdown();
    std::filesystem::remove_all(directory_);
  }

  // Every answer to `lines`, in the order in which they came.
  static std::vector<json> Answers(const std::vector<std::string>& lines) {
    std::stringstream out;
    {
      Session session(out);
      for (const std::string& line : lines) session.Start(line);
    }
    std::vector<json> answers;
    for (std::string line; std::getline(out, line);) answers.push_back(json::parse(line));
    return answers;
  }

  std::string Line(const std::string& method, json request = json::object()) const {
    return json{{"id", "a"}, {"socket", socket_}, {"method", method}, {"request", request}}.dump();
  }

  static void ExpectNotCalled(const std::string& line, const std::string& reason) {
    const auto answers = Answers({line});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0]["code"], -1);
    EXPECT_THAT(answers[0]["message"].get<std::string>(), HasSubstr(reason));
  }

  Plugin plugin_;
  std::string directory_;
  std::string socket_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(CsiCallTest, PrintsTheResponseWithProtoNamesAndUnsetFields) {
  const json answer = Answers({Line("csi.v1.Identity/GetPluginInfo")}).at(0);
  EXPECT_EQ(answer["id"], "a");
  EXPECT_EQ(answer["code_name"], "OK");
  EXPECT_GT(answer["ms"].get<double>(), 0);
  EXPECT_EQ(answer["response"],
            json::parse(R"({"name":"small.example","vendor_version":"","manifest":{}})"));
}

TEST_F(CsiCallTest, PassesOnTheCodeAndTheTextOfAFailedCall) {
  const json answer = Answers({Line("csi.v1.Identity/GetPluginCapabilities")}).at(0);
  EXPECT_EQ(answer["code"], 9);
  EXPECT_EQ(answer["code_name"], "FAILED_PRECONDITION");
  EXPECT_EQ(answer["message"], "not today");
  EXPECT_TRUE(answer["response"].is_null());
}

TEST_F(CsiCallTest, MakesCallsAtTheSameTime) {
  const std::string probe = Line("csi.v1.Identity/Probe");
  for (const json& answer : Answers({probe, probe})) EXPECT_EQ(answer["code"], 0) << answer;
}

TEST_F(CsiCallTest, GivesUpWhenTheTimeIsOver) {
  json line = json::parse(Line("csi.v1.Identity/Probe"));
  line["timeout_ms"] = 50;
  EXPECT_EQ(Answers({line.dump()}).at(0)["code_name"], "DEADLINE_EXCEEDED");
  Answers({Line("csi.v1.Identity/Probe")});  // lets the first Probe out of the barrier
}

TEST_F(CsiCallTest, SaysUnavailableWhereNothingListens) {
  json line = json::parse(Line("csi.v1.Identity/Probe"));
  line["socket"] = "unix://" + directory_ + "/nobody.sock";
  EXPECT_EQ(Answers({line.dump()}).at(0)["code_name"], "UNAVAILABLE");
}

TEST_F(CsiCallTest, AnswersWhatIsNoCall) {
  ExpectNotCalled("", "no JSON object");
  ExpectNotCalled("{", "no JSON object");
  ExpectNotCalled("[1]", "no JSON object");
  ExpectNotCalled("{}", "'socket'");
  ExpectNotCalled(R"({"socket":"unix:///x","method":7})", "'method'");
  ExpectNotCalled(R"({"socket":"unix:///x","method":"a/b","timeout_ms":"soon"})", "'timeout_ms'");
  ExpectNotCalled(R"({"socket":"unix:///x","method":"a/b","wait_for_ready":1})",
                  "'wait_for_ready'");
}

TEST_F(CsiCallTest, AnswersAMethodOrARequestThatDoesNotExist) {
  ExpectNotCalled(Line("csi.v1.Identity/Sing"), "no method 'csi.v1.Identity/Sing'");
  ExpectNotCalled(Line("csi.v1.Identity.Probe"), "no method");
  ExpectNotCalled(Line("csi.v1.SnapshotMetadata/GetMetadataDelta"), "is a stream");
  ExpectNotCalled(Line("csi.v1.Identity/Probe", {{"colour", 1}}), "no csi.v1.ProbeRequest");
  ExpectNotCalled(Line("csi.v1.Identity/Probe", json::array()), "no csi.v1.ProbeRequest");
}

}  // namespace
}  // namespace rds_csi
