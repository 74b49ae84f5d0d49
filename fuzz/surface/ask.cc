// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/ask.h"

#include <google/protobuf/util/message_differencer.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/fuzz.h"
#include "fuzz/surface/call_log.h"
#include "fuzz/surface/rules.h"
#include "fuzz/surface/spoil.h"

namespace rds_csi::surface {
namespace {

using google::protobuf::FieldDescriptor;

constexpr size_t kMostSpoiled = 4;  // fields of one request

void PutMap(Message& request, const FieldDescriptor& field, const StringMap& map) {
  const FieldDescriptor& key = *field.message_type()->map_key();
  const FieldDescriptor& value = *field.message_type()->map_value();
  for (const auto& [name, text] : map) {
    Message& entry = *request.GetReflection()->AddMessage(&request, &field);
    entry.GetReflection()->SetString(&entry, &key, name);
    entry.GetReflection()->SetString(&entry, &value, text);
  }
}

void PutMessage(Message& request, const FieldDescriptor& field, const Message& message) {
  const auto& of = *request.GetReflection();
  Message& put =
      field.is_repeated() ? *of.AddMessage(&request, &field) : *of.MutableMessage(&request, &field);
  put.CopyFrom(message);
}

void Put(Message& request, const FieldDescriptor& field, const Good& good) {
  const std::string& name = field.name();
  if (const auto text = good.texts.find(name); text != good.texts.end()) {
    request.GetReflection()->SetString(&request, &field, text->second);
  } else if (const auto map = good.maps.find(name); map != good.maps.end()) {
    PutMap(request, field, map->second);
  } else if (field.message_type() == csi::v1::VolumeCapability::descriptor()) {
    PutMessage(request, field, good.capability);
  } else if (field.message_type() == csi::v1::CapacityRange::descriptor()) {
    PutMessage(request, field, good.range);
  }
}

std::unique_ptr<Message> MakeRequest(const Rpc& rpc, const Good& good, Choices& choices) {
  std::unique_ptr<Message> request = rpc.new_request();
  const auto& type = *request->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) Put(*request, *type.field(i), good);
  for (size_t left = choices.Pick(kMostSpoiled + 1); left > 0; --left) Spoil(*request, choices);
  return request;
}

// For whoever looks at what broke.
void Trace(const Asked& asked) {
  static const bool wanted = std::getenv("RDS_CSI_FUZZ_TRACE") != nullptr;
  if (!wanted) return;
  std::fprintf(stderr, "%s { %s } -> %d %s\n", asked.rpc.method.c_str(),
               asked.request->ShortDebugString().c_str(), asked.status.error_code(),
               asked.status.error_message().c_str());
}

Asked Call(grpc::Service& service, const Rpc& rpc, std::unique_ptr<Message> request, bool is_calm) {
  Asked asked = {rpc, std::move(request), rpc.new_response(), {}};
  std::string log;
  {
    const CallLog call_log;
    asked.status = rpc.call(service, *asked.request, *asked.response);
    log = call_log.Text();
  }
  Trace(asked);
  CheckAnswer(asked, is_calm);
  CheckLog(asked, log);
  return asked;
}

}  // namespace

csi::v1::VolumeCapability PickCapability(Choices& choices) {
  using Mode = csi::v1::VolumeCapability::AccessMode;
  csi::v1::VolumeCapability capability;
  capability.mutable_access_mode()->set_mode(Mode::SINGLE_NODE_WRITER);
  capability.mutable_mount();
  switch (choices.Pick(7)) {
    case 1:
      capability.mutable_block();
      break;
    case 2:
      capability.mutable_block();
      capability.mutable_access_mode()->set_mode(Mode::MULTI_NODE_MULTI_WRITER);
      break;
    case 3:
      capability.mutable_mount()->set_fs_type("xfs");
      break;
    case 4:
      capability.mutable_access_mode()->set_mode(Mode::SINGLE_NODE_READER_ONLY);
      break;
    case 5:
      capability.mutable_access_mode()->set_mode(Mode::SINGLE_NODE_MULTI_WRITER);
      break;
    case 6:
      capability.mutable_mount()->add_mount_flags("noatime");
      break;
    default:
      break;
  }
  return capability;
}

Asked Ask(grpc::Service& service, const Rpc& rpc, const Good& good, IsCalm is_calm,
          Choices& choices) {
  std::unique_ptr<Message> request = MakeRequest(rpc, good, choices);
  const bool calm = is_calm(*request);
  Asked asked = Call(service, rpc, std::move(request), calm);
  if (!asked.ok() || !calm) return asked;
  request = rpc.new_request();
  request->CopyFrom(*asked.request);
  const Asked again = Call(service, rpc, std::move(request), calm);
  Require(again.ok(), "what was granted is granted again");
  Require(google::protobuf::util::MessageDifferencer::Equals(*asked.response, *again.response),
          "asked again, it gets the same answer");
  return asked;
}

}  // namespace rds_csi::surface
