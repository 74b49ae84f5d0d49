// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/rules.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/surface/spoil.h"

namespace rds_csi::surface {
namespace {

using google::protobuf::FieldDescriptor;
using Code = grpc::StatusCode;

constexpr size_t kLongestMessage = 2003;  // with an ellipsis

// The services leave these to gRPC, and their capabilities say so.
constexpr std::string_view kNotOffered[] = {"CreateSnapshot", "DeleteSnapshot", "ListSnapshots",
                                            "GetSnapshot", "ControllerModifyVolume"};

// What the tables of CSI call REQUIRED.
struct Required {
  std::string_view method;
  std::vector<const char*> fields;
};
const Required kRequired[] = {
    {"CreateVolume", {"name", "volume_capabilities"}},
    {"DeleteVolume", {"volume_id"}},
    {"ControllerPublishVolume", {"volume_id", "node_id", "volume_capability"}},
    {"ControllerUnpublishVolume", {"volume_id"}},
    {"ValidateVolumeCapabilities", {"volume_id", "volume_capabilities"}},
    {"ControllerGetVolume", {"volume_id"}},
    {"ControllerGetVolumeHealth", {"volume_id"}},
    {"ControllerExpandVolume", {"volume_id", "capacity_range"}},
    {"NodeStageVolume", {"volume_id", "staging_target_path", "volume_capability"}},
    {"NodeUnstageVolume", {"volume_id", "staging_target_path"}},
    {"NodePublishVolume", {"volume_id", "target_path", "volume_capability"}},
    {"NodeUnpublishVolume", {"volume_id", "target_path"}},
    {"NodeGetVolumeStats", {"volume_id", "volume_path"}},
    {"NodeExpandVolume", {"volume_id", "volume_path"}},
    {"NodeGetVolumeHealth", {"volume_id"}},
};

bool IsOffered(const Asked& asked) {
  return std::ranges::find(kNotOffered, asked.rpc.method) == std::end(kNotOffered);
}

bool IsEmpty(const Message& message, const char* name) {
  const FieldDescriptor& field = *message.GetDescriptor()->FindFieldByName(name);
  const auto& of = *message.GetReflection();
  if (field.is_repeated()) return of.FieldSize(message, &field) == 0;
  return !of.HasField(message, &field);  // of proto3: an empty text is not there
}

bool IsIncomplete(const Asked& asked) {
  const auto* row = std::ranges::find(kRequired, asked.rpc.method, &Required::method);
  return row != std::end(kRequired) && std::ranges::any_of(row->fields, [&](const char* field) {
           return IsEmpty(*asked.request, field);
         });
}

// CSI has a code of its own for this one.
bool IsWithoutStaging(const Asked& asked) {
  return asked.rpc.method == "NodePublishVolume" && IsEmpty(*asked.request, "staging_target_path");
}

bool NeedsTrouble(Code code) {
  return code == Code::INTERNAL || code == Code::UNAVAILABLE || code == Code::DEADLINE_EXCEEDED;
}

bool IsForCallers(Code code) {
  constexpr Code kCodes[] = {Code::OK,
                             Code::INVALID_ARGUMENT,
                             Code::NOT_FOUND,
                             Code::ALREADY_EXISTS,
                             Code::FAILED_PRECONDITION,
                             Code::RESOURCE_EXHAUSTED,
                             Code::OUT_OF_RANGE,
                             Code::ABORTED};
  return NeedsTrouble(code) || std::ranges::find(kCodes, code) != std::end(kCodes);
}

bool IsUtf8(const std::string& text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

bool HasControls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

void CheckWords(const std::string& message) {
  Require(message.find(' ') != std::string::npos, "an error says why");
  Require(message.size() <= kLongestMessage, "an error is short");
  Require(!HasControls(message), "an error is one line");
  Require(IsUtf8(message), "an error is UTF-8");
}

void CheckCode(const Asked& asked, bool is_calm) {
  const Code code = asked.status.error_code();
  Require(IsForCallers(code), "the code is one that callers know what to do with");
  Require(!is_calm || !NeedsTrouble(code), "without trouble nothing fails");
  if (IsIncomplete(asked)) {
    Require(code == Code::INVALID_ARGUMENT, "what CSI requires is required");
  } else if (IsWithoutStaging(asked)) {
    Require(code == Code::INVALID_ARGUMENT || code == Code::FAILED_PRECONDITION,
            "nothing is published that was not staged");
  }
}

void CheckTexts(const Message& message) {
  std::vector<const FieldDescriptor*> present;
  const auto& of = *message.GetReflection();
  of.ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    const int size = field->is_repeated() ? of.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckTexts(field->is_repeated() ? of.GetRepeatedMessage(message, field, i)
                                        : of.GetMessage(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text = field->is_repeated() ? of.GetRepeatedString(message, field, i)
                                                      : of.GetString(message, field);
        Require(IsUtf8(text), "every text of an answer is UTF-8");
        Require(text.find(kSecret) == std::string::npos, "no answer tells a secret");
      }
    }
  }
}

}  // namespace

void CheckAnswer(const Asked& asked, bool is_calm) {
  if (!IsOffered(asked)) {
    return Require(asked.status.error_code() == Code::UNIMPLEMENTED, "what is not offered is not");
  }
  CheckCode(asked, is_calm);
  if (!asked.ok()) CheckWords(asked.status.error_message());
  CheckTexts(*asked.response);
  Require(asked.status.error_message().find(kSecret) == std::string::npos,
          "no error tells a secret");
}

void CheckLog(const Asked& asked, const std::string& log) {
  Require(log.find(kSecret) == std::string::npos, "no log line tells a secret");
  if (!IsOffered(asked)) return;
  int ends = 0;
  for (const std::string_view line : Lines(log)) {
    const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    Require(json.is_object(), "a log line is one JSON object");
    if (json.value("message", "") == "rpc") ++ends;
  }
  Require(ends == 1, "a call leaves one line that tells how it ended");
}

}  // namespace rds_csi::surface
