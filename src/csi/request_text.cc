// SPDX-License-Identifier: Apache-2.0
#include "csi/request_text.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <string_view>
#include <vector>

#include "csi.pb.h"

namespace rds_csi {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kLongestSubject = 256;
constexpr size_t kLongestRequest = 4096;
constexpr const char* kSubjects[] = {"volume_id",           "name",        "node_id",
                                     "staging_target_path", "target_path", "volume_path"};

void ClearSecrets(Message& message);

void ClearSecretsBelow(Message& message, const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    ClearSecrets(*reflection.MutableMessage(&message, &field));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    ClearSecrets(*reflection.MutableRepeatedMessage(&message, &field, i));
  }
}

void ClearSecrets(Message& message) {
  std::vector<const FieldDescriptor*> present;
  message.GetReflection()->ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    if (field->options().GetExtension(csi::v1::csi_secret)) {
      message.GetReflection()->ClearField(&message, field);
    } else {
      ClearSecretsBelow(message, *field);
    }
  }
}

}  // namespace

std::string MethodOf(const Message& request) {
  constexpr std::string_view kEnd = "Request";
  std::string name = request.GetDescriptor()->name();
  if (name.ends_with(kEnd)) name.resize(name.size() - kEnd.size());
  return name;
}

LogFields SubjectOf(const Message& request) {
  LogFields fields;
  for (const char* name : kSubjects) {
    const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) continue;
    std::string value = request.GetReflection()->GetString(request, field);
    if (!value.empty()) fields.emplace_back(name, value.substr(0, kLongestSubject));
  }
  return fields;
}

std::string WithoutSecrets(const Message& request) {
  const std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  ClearSecrets(*copy);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(*copy, &text, options).ok()) {
    return "(cannot be printed)";
  }
  return text.substr(0, kLongestRequest);
}

}  // namespace rds_csi
