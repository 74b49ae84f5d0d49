// SPDX-License-Identifier: Apache-2.0
#include "caller.h"

#include <absl/status/statusor.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <utility>

#include "csi.pb.h"

namespace rds_csi {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using nlohmann::ordered_json;
using std::chrono::steady_clock;

constexpr const char* kCodeNames[] = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

absl::StatusOr<const MethodDescriptor*> FindMethod(const std::string& method) {
  std::string name = method;
  if (const size_t slash = name.find('/'); slash != std::string::npos) name[slash] = '.';
  const auto* pool = csi::v1::GetPluginInfoRequest::descriptor()->file()->pool();
  const MethodDescriptor* found = pool->FindMethodByName(name);
  if (found == nullptr || method.find('/') == std::string::npos) {
    return absl::NotFoundError("no method '" + method + "'");
  }
  if (found->client_streaming() || found->server_streaming()) {
    return absl::UnimplementedError("method '" + method + "' is a stream");
  }
  return found;
}

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(factory->GetPrototype(type)->New());
}

std::string Dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  return status.ok() ? ordered_json::parse(text, nullptr, false) : ordered_json(nullptr);
}

grpc::Status Exchange(const std::shared_ptr<grpc::Channel>& channel, const Call& call,
                      const Message& request, Message& response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(call.timeout_ms));
  context.set_wait_for_ready(call.wait_for_ready);
  grpc::CompletionQueue queue;
  grpc::TemplatedGenericStub<Message, Message> stub(channel);
  const auto reader = stub.PrepareUnaryCall(&context, "/" + call.method, request, &queue);
  reader->StartCall();
  grpc::Status status;
  reader->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

}  // namespace

const char* CodeName(int code) {
  const bool known = code >= 0 && static_cast<size_t>(code) < std::size(kCodeNames);
  return known ? kCodeNames[code] : "NOT_CALLED";
}

Answer NotCalled(std::string reason) {
  Answer answer;
  answer.message = std::move(reason);
  return answer;
}

Answer Caller::Make(const Call& call) {
  const auto method = FindMethod(call.method);
  if (!method.ok()) return NotCalled(std::string(method.status().message()));
  const auto request = NewMessage((*method)->input_type());
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(Dump(call.request), request.get());
  if (!parsed.ok()) {
    return NotCalled("request is no " + request->GetTypeName() + ": " + parsed.ToString());
  }
  const auto response = NewMessage((*method)->output_type());
  const auto start = steady_clock::now();
  const grpc::Status status = Exchange(ChannelTo(call.socket), call, *request, *response);
  const std::chrono::duration<double, std::milli> spent = steady_clock::now() - start;
  return {.code = status.error_code(),
          .message = status.error_message(),
          .response = status.ok() ? ToJson(*response) : ordered_json(nullptr),
          .ms = spent.count()};
}

// Answers may be long lists, and a peer that was restarted must be found again quickly.
std::shared_ptr<grpc::Channel> Caller::ChannelTo(const std::string& socket) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<grpc::Channel>& channel = channels_[socket];
  if (channel == nullptr) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);  // the least time for a connect
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
    channel = grpc::CreateCustomChannel(socket, grpc::InsecureChannelCredentials(), arguments);
  }
  return channel;
}

}  // namespace rds_csi
