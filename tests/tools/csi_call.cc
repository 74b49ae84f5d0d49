// SPDX-License-Identifier: Apache-2.0
//
// csi-call: makes CSI calls from JSON, one from the command line or many at once from stdin, so
// that a test written in any language can drive a CSI driver without linking gRPC.
#include <absl/status/statusor.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

#include "csi.pb.h"

namespace rds_csi {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using nlohmann::ordered_json;

constexpr int kNotCalled =
    -1;  // the answer's code when no call was made, or its answer is unusable
constexpr int64_t kDefaultTimeoutMs = 60000;

constexpr const char* kFooter = R"(
Without arguments, reads one call a line from stdin and writes one answer a line to stdout, in the
order in which the calls end; every call runs at once, without waiting for the ones before it:

  {"id":1,"socket":"unix:///csi/csi.sock","method":"csi.v1.Node/NodeGetInfo","request":{},
   "timeout_ms":60000,"wait_for_ready":false}
  {"id":1,"code":0,"code_name":"OK","message":"","response":{"node_id":"n1",...},"ms":1.3}

"timeout_ms" and "wait_for_ready" (wait until something listens) may be left out; "id" is any JSON.
A call that could not be made is answered with code -1. Requests and responses are protobuf JSON
with the field names of csi.proto; a call that failed has the response null.)";

struct Call {
  std::string socket;
  std::string method;
  ordered_json request = ordered_json::object();
  int64_t timeout_ms = kDefaultTimeoutMs;
  bool wait_for_ready = false;
};

struct Answer {
  int code = kNotCalled;
  std::string message;
  ordered_json response;
  double ms = 0;
};

const char* CodeName(int code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  const bool known = code >= 0 && static_cast<size_t>(code) < std::size(kNames);
  return known ? kNames[code] : "NOT_CALLED";
}

// "csi.v1.Node/NodeGetInfo" -> its descriptor.
absl::StatusOr<const MethodDescriptor*> FindMethod(std::string name) {
  const std::string asked = name;
  if (const size_t slash = name.find('/'); slash != std::string::npos) name[slash] = '.';
  const auto* pool = csi::v1::GetPluginInfoRequest::descriptor()->file()->pool();
  const MethodDescriptor* method = pool->FindMethodByName(name);
  if (method == nullptr) return absl::NotFoundError("no method '" + asked + "'");
  if (method->client_streaming() || method->server_streaming()) {
    return absl::UnimplementedError("method '" + asked + "' is a stream");
  }
  return method;
}

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(factory->GetPrototype(type)->New());
}

ordered_json ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  return status.ok() ? ordered_json::parse(text, nullptr, false) : ordered_json(nullptr);
}

// Makes calls; keeps one channel for each socket. Safe to use from many threads.
class Caller {
 public:
  Answer Make(const Call& call) {
    const auto method = FindMethod(call.method);
    if (!method.ok()) return {.message = std::string(method.status().message())};
    const auto request = NewMessage((*method)->input_type());
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(call.request.dump(), request.get());
    if (!parsed.ok()) {
      return {.message = "request is no " + request->GetTypeName() + ": " + parsed.ToString()};
    }
    const auto response = NewMessage((*method)->output_type());
    const auto start = std::chrono::steady_clock::now();
    const grpc::Status status = Exchange(call, *request, *response);
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    return {.code = status.error_code(),
            .message = status.error_message(),
            .response = status.ok() ? ToJson(*response) : ordered_json(nullptr),
            .ms = spent.count()};
  }

 private:
  grpc::Status Exchange(const Call& call, const Message& request, Message& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::milliseconds(call.timeout_ms));
    context.set_wait_for_ready(call.wait_for_ready);
    grpc::CompletionQueue queue;
    grpc::TemplatedGenericStub<Message, Message> stub(ChannelTo(call.socket));
    auto reader = stub.PrepareUnaryCall(&context, "/" + call.method, request, &queue);
    reader->StartCall();
    grpc::Status status;
    reader->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  // Lists may be long, and a driver that was restarted is found again quickly.
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& socket) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<grpc::Channel>& channel = channels_[socket];
    if (channel == nullptr) {
      grpc::ChannelArguments arguments;
      arguments.SetMaxReceiveMessageSize(-1);
      arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
      arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
      arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
      channel = grpc::CreateCustomChannel(socket, grpc::InsecureChannelCredentials(), arguments);
    }
    return channel;
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

absl::StatusOr<Call> ParseCall(const ordered_json& line) {
  if (!line.is_object()) return absl::InvalidArgumentError("the line is no JSON object");
  const auto field = [&line](const char* name) {
    return line.contains(name) ? line[name] : ordered_json();
  };
  const ordered_json socket = field("socket"), method = field("method");
  const ordered_json timeout = field("timeout_ms"), wait = field("wait_for_ready");
  if (!socket.is_string()) return absl::InvalidArgumentError("'socket' is no string");
  if (!method.is_string()) return absl::InvalidArgumentError("'method' is no string");
  if (!timeout.is_null() && !timeout.is_number_integer()) {
    return absl::InvalidArgumentError("'timeout_ms' is no integer");
  }
  Call call{.socket = socket, .method = method};
  if (line.contains("request")) call.request = line["request"];
  if (timeout.is_number_integer()) call.timeout_ms = timeout.get<int64_t>();
  call.wait_for_ready = wait.is_boolean() && wait.get<bool>();
  return call;
}

// Reads calls, answers each from a thread of its own, and ends when all are answered.
class Session {
 public:
  ~Session() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
  }

  void Start(const std::string& text) {
    {
      const std::lock_guard lock(mutex_);
      ++running_;
    }
    std::thread([this, line = ordered_json::parse(text, nullptr, false)] {
      Finish(line.is_object() && line.contains("id") ? line["id"] : nullptr, AnswerTo(line));
    }).detach();
  }

 private:
  Answer AnswerTo(const ordered_json& line) {
    const auto call = ParseCall(line);
    if (!call.ok()) return {.message = std::string(call.status().message())};
    return caller_.Make(*call);
  }

  void Finish(const ordered_json& id, const Answer& answer) {
    const ordered_json line = {{"id", id},
                               {"code", answer.code},
                               {"code_name", CodeName(answer.code)},
                               {"message", answer.message},
                               {"response", answer.response},
                               {"ms", answer.ms}};
    const std::lock_guard lock(mutex_);
    std::cout << line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << std::endl;
    if (--running_ == 0) ended_.notify_all();
  }

  Caller caller_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
};

int CallOnce(Call call, const std::string& request) {
  call.request = ordered_json::parse(request, nullptr, false);
  const Answer answer =
      call.request.is_discarded() ? Answer{.message = "JSON does not parse"} : Caller().Make(call);
  if (answer.code == 0) {
    std::cout << answer.response.dump(2) << "\n";
    return 0;
  }
  std::cerr << CodeName(answer.code) << ": " << answer.message << "\n";
  return 1;
}

int Run(int argc, char** argv) {
  CLI::App app("Makes CSI calls from JSON.", "csi-call");
  app.footer(kFooter);
  Call call;
  std::string request = "{}";
  auto* socket = app.add_option("SOCKET", call.socket, "the driver, such as unix:///csi/csi.sock");
  auto* method =
      app.add_option("METHOD", call.method, "service/method, such as csi.v1.Identity/Probe");
  app.add_option("JSON", request, "the request as protobuf JSON")->capture_default_str();
  app.add_option("--timeout-ms", call.timeout_ms, "the call's deadline")->capture_default_str();
  app.add_flag("--wait-for-ready", call.wait_for_ready, "wait until something listens there");
  socket->needs(method);
  CLI11_PARSE(app, argc, argv);
  if (!call.socket.empty()) return CallOnce(call, request);
  Session session;
  for (std::string line; std::getline(std::cin, line);) session.Start(line);
  return 0;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) { return rds_csi::Run(argc, argv); }
