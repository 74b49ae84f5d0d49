// SPDX-License-Identifier: Apache-2.0
#include "kube/api_status.h"

#include <fmt/format.h>

#include <string>

#include "base/status.h"
#include "base/text.h"
#include "kube/json.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

constexpr size_t kLongestWords = 500;

struct Said {
  std::string reason;
  std::string name;  // of the object it is about
  std::string words;
};

// Whatever it says is for people; what is no Status object is quoted.
Said Read(long http_status, std::string_view body) {
  const auto object = ParseObject(body, "");
  if (!object.ok()) return {"", "", fmt::format("HTTP {} {}", http_status, Quoted(body))};
  const FieldReader fields(*object, "");
  const auto text = [&fields](std::string_view path) {
    return fields.StringOrEmpty(path).value_or("");
  };
  const std::string words = text("message");
  return {text("reason"), text("details.name"),
          words.empty() ? fmt::format("HTTP {}", http_status) : Quoted(words, kLongestWords)};
}

bool IsAboutThat(const Said& said, const Asked& asked) {
  return said.reason == "NotFound" && (asked.name.name.empty() || said.name == asked.name.name);
}

Code CodeOf(long http_status, const Said& said, const Asked& asked) {
  if (http_status >= 500) return Code::kUnavailable;
  switch (http_status) {
    case 400:
    case 422:
      return Code::kInvalidArgument;
    case 401:
    case 403:
      return Code::kPermissionDenied;
    case 404:
      return IsAboutThat(said, asked) ? Code::kNotFound : Code::kUnavailable;
    case 408:
    case 429:
      return Code::kUnavailable;
    case 409:
      return said.reason == "AlreadyExists" ? Code::kAlreadyExists : Code::kAborted;
    case 410:
      return Code::kOutOfRange;
    default:
      return Code::kInternal;
  }
}

std::string_view GroupOf(const Resource& resource) {
  const size_t slash = resource.group_version.find('/');
  return slash == std::string_view::npos ? "" : resource.group_version.substr(0, slash);
}

std::string Advice(long http_status, const Asked& asked) {
  if (http_status == 401) return "; our credentials are not accepted (token expired or revoked?)";
  if (http_status != 403) return "";
  return fmt::format(
      "; a Role or ClusterRole of ours must grant verb \"{}\" on resource \"{}\" of API group "
      "\"{}\"",
      asked.verb, asked.resource.plural, GroupOf(asked.resource));
}

}  // namespace

std::string Describe(const Asked& asked) {
  return fmt::format("{} {}", asked.verb, Describe(asked.resource, asked.name));
}

absl::Status ApiError(long http_status, std::string_view body, const Asked& asked) {
  const Said said = Read(http_status, body);
  return Error(CodeOf(http_status, said, asked),
               fmt::format("{}: {}{}", Describe(asked), said.words, Advice(http_status, asked)));
}

}  // namespace rds_csi
