// SPDX-License-Identifier: Apache-2.0
#include "contract.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <iterator>

namespace rds_csi {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using nlohmann::json;

std::string TypeOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return fmt::format("map<{},{}>", TypeOf(*field.message_type()->map_key()),
                       TypeOf(*field.message_type()->map_value()));
  }
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

// A map is repeated on the wire, but its type says so already.
std::string LabelOf(const FieldDescriptor& field) {
  if (field.is_map()) return "";
  if (field.is_repeated()) return "repeated ";
  if (field.is_required()) return "required ";
  return field.has_optional_keyword() ? "optional " : "";
}

std::string FieldSentence(const std::string& message, int number, const std::string& label,
                          const std::string& type, const std::string& name,
                          const std::string& oneof) {
  return fmt::format("field {} {} is {}{} {}{}", message, number, label, type, name,
                     oneof.empty() ? "" : " in oneof " + oneof);
}

std::string FieldSentence(const FieldDescriptor& field) {
  const auto* oneof = field.real_containing_oneof();
  return FieldSentence(field.containing_type()->full_name(), field.number(), LabelOf(field),
                       TypeOf(field), field.name(), oneof == nullptr ? "" : oneof->name());
}

std::string ValueSentence(const std::string& type, const std::string& name, int number) {
  return fmt::format("value {} {} = {}", type, name, number);
}

void Add(const EnumDescriptor& type, Contract& contract) {
  contract.insert("enum " + type.full_name());
  for (int i = 0; i < type.value_count(); ++i) {
    contract.insert(
        ValueSentence(type.full_name(), type.value(i)->name(), type.value(i)->number()));
  }
}

void Add(const Descriptor& message, Contract& contract) {
  if (message.options().map_entry()) return;
  contract.insert("message " + message.full_name());
  for (int i = 0; i < message.field_count(); ++i) contract.insert(FieldSentence(*message.field(i)));
  for (int i = 0; i < message.enum_type_count(); ++i) Add(*message.enum_type(i), contract);
  for (int i = 0; i < message.nested_type_count(); ++i) Add(*message.nested_type(i), contract);
}

std::string MethodSentence(const std::string& service, const std::string& name,
                           const std::string& request, const std::string& response) {
  return fmt::format("method {} {} takes {} answers {}", service, name, request, response);
}

void Add(const ServiceDescriptor& service, Contract& contract) {
  contract.insert("service " + service.full_name());
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    contract.insert(MethodSentence(
        service.full_name(), method.name(),
        (method.client_streaming() ? "stream " : "") + method.input_type()->full_name(),
        (method.server_streaming() ? "stream " : "") + method.output_type()->full_name()));
  }
}

void AddMessages(const json& messages, Contract& contract) {
  for (const auto& [message, fields] : messages.items()) {
    contract.insert("message " + message);
    for (const json& field : fields) {
      const std::string label = field.value("label", "");
      contract.insert(FieldSentence(message, field.at("number").get<int>(),
                                    label.empty() ? "" : label + " ", field.at("type"),
                                    field.at("name"), field.value("oneof", "")));
    }
  }
}

void AddEnums(const json& enums, Contract& contract) {
  for (const auto& [type, values] : enums.items()) {
    contract.insert("enum " + type);
    for (const auto& [name, number] : values.items()) {
      contract.insert(ValueSentence(type, name, number.get<int>()));
    }
  }
}

void AddServices(const json& services, Contract& contract) {
  for (const auto& [service, methods] : services.items()) {
    contract.insert("service " + service);
    for (const auto& [method, types] : methods.items()) {
      contract.insert(MethodSentence(service, method, types.at(0), types.at(1)));
    }
  }
}

}  // namespace

Contract ContractOf(const FileDescriptor& file) {
  Contract contract;
  for (int i = 0; i < file.message_type_count(); ++i) Add(*file.message_type(i), contract);
  for (int i = 0; i < file.enum_type_count(); ++i) Add(*file.enum_type(i), contract);
  for (int i = 0; i < file.service_count(); ++i) Add(*file.service(i), contract);
  for (int i = 0; i < file.extension_count(); ++i) {
    const FieldDescriptor& extension = *file.extension(i);
    contract.insert(fmt::format("extension {} extends {} = {}", extension.full_name(),
                                extension.containing_type()->full_name(), extension.number()));
  }
  return contract;
}

Contract ContractOf(const json& table) {
  Contract contract;
  AddMessages(table.at("messages"), contract);
  AddEnums(table.at("enums"), contract);
  AddServices(table.at("services"), contract);
  for (const auto& [extension, number] : table.at("extensions").items()) {
    contract.insert(fmt::format("extension {} = {}", extension, number.get<int>()));
  }
  return contract;
}

Contract Missing(const Contract& all, const Contract& known) {
  Contract missing;
  std::set_difference(all.begin(), all.end(), known.begin(), known.end(),
                      std::inserter(missing, missing.end()));
  return missing;
}

Contract Either(const Contract& one, const Contract& other) {
  Contract either = one;
  either.insert(other.begin(), other.end());
  return either;
}

}  // namespace rds_csi
