// SPDX-License-Identifier: Apache-2.0
// What the tests of the edge share: a real gRPC server on a socket in a folder of its own, every
// line that is logged, and requests written as text.
#ifndef RDS_CSI_CSI_TESTING_H_
#define RDS_CSI_CSI_TESTING_H_

#include <fcntl.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "base/text.h"
#include "csi/server.h"
#include "observe/audit.h"

namespace rds_csi {

// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/rds-csi-test.XXXXXX";
    path_ = mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

// Standard error, and with it the log down to debug level, goes to a file while this lives.
class CapturedLog {
 public:
  explicit CapturedLog(const std::string& path) : path_(path), former_(dup(STDERR_FILENO)) {
    const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(file, STDERR_FILENO);
    close(file);
    SetLogLevel(LogLevel::kDebug);
  }
  ~CapturedLog() {
    SetLogLevel(LogLevel::kInfo);
    dup2(former_, STDERR_FILENO);
    close(former_);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  std::string Text() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  // The lines that tell of answered RPCs. A line that is no JSON fails the test.
  std::vector<nlohmann::json> Rpcs() const {
    std::vector<nlohmann::json> lines;
    const std::string text = Text();
    for (const std::string_view line : Lines(text)) {
      nlohmann::json json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      EXPECT_FALSE(json.is_discarded()) << line;
      if (json.is_object() && json["message"] == "rpc") lines.push_back(std::move(json));
    }
    return lines;
  }

 private:
  const std::string path_;
  const int former_;
};

// An audit log that is kept.
class KeptAudit {
 public:
  const AuditLog& log() const { return log_; }
  std::vector<nlohmann::json> Lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<nlohmann::json> lines_;
  AuditLog log_{{{"driver", "rds.example"}}, [this](const std::string& line) {
                  std::lock_guard lock(mutex_);
                  lines_.push_back(nlohmann::json::parse(line));
                }};
};

// Orders whoever holds one after whoever held one before, as gRPC orders a call, its handler and
// its answer: said once more, for ThreadSanitizer cannot look into a gRPC that is not instrumented.
class OnTheWire {
 public:
  OnTheWire() { Pass(); }
  ~OnTheWire() { Pass(); }
  OnTheWire(const OnTheWire&) = delete;
  OnTheWire& operator=(const OnTheWire&) = delete;

 private:
  static void Pass() {
    static std::atomic<int> passed = 0;
    ++passed;
  }
};

// The same for a real service: Rpcs ask for the time when a call comes and when its work is done.
class WireClock final : public Clock {
 public:
  explicit WireClock(Clock& clock) : clock_(clock) {}
  absl::Time Now() override {
    const OnTheWire on_the_wire;
    return clock_.Now();
  }
  void SleepUntil(absl::Time deadline) override { clock_.SleepUntil(deadline); }

 private:
  Clock& clock_;
};

// Serves `services` while it lives.
class TestServer {
 public:
  TestServer(const std::string& path, const std::vector<grpc::Service*>& services)
      : server_(*Server::Start(path, services)),
        channel_(grpc::CreateChannel("unix://" + path, grpc::InsecureChannelCredentials())) {}
  ~TestServer() { EXPECT_TRUE(server_->Stop(absl::Seconds(10))); }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  Server& server() { return *server_; }

 private:
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// What a call answered.
template <typename Response>
struct Answer {
  grpc::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  grpc::StatusCode code() const { return status.error_code(); }
  std::string message() const { return status.error_message(); }
};

// CallTo(channel, &csi::v1::Node::Stub::NodeGetInfo, request).
template <typename Stub, typename Request, typename Response>
Answer<Response> CallTo(const std::shared_ptr<grpc::Channel>& channel,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request, absl::Duration timeout = absl::Seconds(30)) {
  const OnTheWire on_the_wire;
  Stub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
  Answer<Response> answer;
  answer.status = (stub.*method)(&context, request, &answer.response);
  return answer;
}

// A message from protobuf's text format.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// A request made bad: `clear` (a field) is taken out, then `merge` (text format) put in.
struct Refusal {
  std::string clear;
  std::string merge;
  std::string names;  // what the error must name
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

template <typename Message>
Message Spoiled(Message message, const Refusal& refusal) {
  if (!refusal.clear.empty()) {
    const auto* field = message.GetDescriptor()->FindFieldByName(refusal.clear);
    EXPECT_NE(field, nullptr) << refusal.clear;
    if (field != nullptr) message.GetReflection()->ClearField(&message, field);
  }
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(refusal.merge, &message))
      << refusal.merge;
  return message;
}

// `read` takes `good`, and refuses it when it is spoiled, each time naming what is wrong.
template <typename Message, typename Read>
void ExpectRefusals(const Message& good, const std::vector<Refusal>& refusals, Read read) {
  const auto fine = read(good);
  EXPECT_TRUE(fine.ok()) << fine.status();
  for (const Refusal& refusal : refusals) {
    SCOPED_TRACE("without '" + refusal.clear + "', with " + refusal.merge.substr(0, 200));
    const auto refused = read(Spoiled(good, refusal));
    EXPECT_EQ(refused.status().code(), refusal.code) << refused.status();
    EXPECT_THAT(std::string(refused.status().message()), testing::HasSubstr(refusal.names));
  }
}

// `field: "…"` for each name that is none, with what the error must name.
inline std::vector<Refusal> BadNames(const std::string& field, size_t longest) {
  const std::string too_long(longest + 1, 'a');
  return {{field, "", field + ": missing"},
          {"", field + ": \"" + too_long + "\"", "aaaa"},
          {"", field + ": \"../etc/passwd\"", "../etc/passwd"},
          {"", field + ": \"-rf\"", "-rf"},
          {"", field + ": \"a b\"", "a b"},
          {"", field + ": \"a\\nb\"", "a\\x0ab"},
          {"", field + ": \"a\\000b\"", "a\\x00b"},
          {"", field + ": \"a/b\"", "a/b"},
          {"", field + ": \"a,b\"", "a,b"},
          {"", field + ": \"a;quit\"", "a;quit"},
          {"", field + ": \"$a\"", "$a"},
          {"", field + ": \"[find]\"", "[find]"},
          {"", field + ": \"{x}\"", "{x}"},
          {"", field + ": \"a\\\\b\"", "a\\\\b"},
          {"", field + ": \"p\\303\\266ol\"", field}};
}

inline std::vector<Refusal> BadPaths(const std::string& field) {
  return {{field, "", field + ": missing"},
          {"", field + ": \"some/path\"", "some/path"},
          {"", field + ": \"/\"", field},
          {"", field + ": \"/a/../b\"", "/a/../b"},
          {"", field + ": \"/a/./b\"", "/a/./b"},
          {"", field + ": \"/a//b\"", "/a//b"},
          {"", field + ": \"/a/\"", "/a/"},
          {"", field + ": \"/a\\nb\"", "/a\\x0ab"},
          {"", field + ": \"/a\\000b\"", "/a\\x00b"},
          {"", field + ": \"/" + std::string(4096, 'a') + "\"", field}};
}

// Of a field that holds one capability.
inline std::vector<Refusal> BadCapabilities(const std::string& field) {
  const auto mount = [&field](const std::string& inside) {
    return field + " { mount { " + inside + " } access_mode { mode: SINGLE_NODE_WRITER } }";
  };
  const auto mode = [&field](const std::string& kind, const std::string& name) {
    return field + " { " + kind + " {} access_mode { mode: " + name + " } }";
  };
  return {
      {field, field + " {}", "neither block nor mount"},
      {field, field + " { access_mode { mode: SINGLE_NODE_WRITER } }", "neither block nor mount"},
      {field, field + " { block {} }", "access_mode is missing"},
      {field, field + " { mount {} access_mode {} }", "access_mode is missing"},
      {field, mode("mount", "MULTI_NODE_READER_ONLY"), "MULTI_NODE_READER_ONLY"},
      {field, mode("mount", "MULTI_NODE_SINGLE_WRITER"), "MULTI_NODE_SINGLE_WRITER"},
      {field, mode("block", "MULTI_NODE_READER_ONLY"), "MULTI_NODE_READER_ONLY"},
      {field, mode("mount", "MULTI_NODE_MULTI_WRITER"), "volumeMode: Block"},
      {field, mode("mount", "99"), "99"},
      {field, mount("fs_type: \"ntfs\""), "ntfs"},
      {field, mount("fs_type: \"ext4\\nxfs\""), "ext4\\x0axfs"},
      {field, mount("mount_flags: \"bind\""), "bind"},
      {field, mount("mount_flags: \"noatime,remount\""), "noatime,remount"},
      {field, mount("mount_flags: \"a b\""), "a b"},
      {field, mount("mount_flags: \"errors=panic\""), "errors=panic"},
      {field, mount("volume_mount_group: \"1000\""), "volume_mount_group"}};
}

inline std::vector<Refusal> operator+(std::vector<Refusal> a, const std::vector<Refusal>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_TESTING_H_
