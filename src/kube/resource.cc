// SPDX-License-Identifier: Apache-2.0
#include "kube/resource.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestNameSpace = 63;
constexpr size_t kLongestName = 253;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsAlphanumeric(char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); }

bool IsNameSpace(std::string_view text) {
  return text.size() <= kLongestNameSpace && std::all_of(text.begin(), text.end(), [](char c) {
           return IsLowerOrDigit(c) || c == '-';
         });
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
         });
}

absl::Status NoName(std::string_view kind, std::string_view text) {
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is no {} of Kubernetes", Quoted(text), kind));
}

}  // namespace

std::string Describe(const Resource& resource, const ObjectName& name) {
  const bool all = name.name.empty();
  if (name.name_space.empty()) {
    return fmt::format("{}{}{}", resource.plural, all ? "" : " ", name.name);
  }
  return all ? fmt::format("{} in {}", resource.plural, name.name_space)
             : fmt::format("{} {}/{}", resource.plural, name.name_space, name.name);
}

absl::StatusOr<std::string> CollectionPath(const Resource& resource, std::string_view name_space) {
  if (!IsNameSpace(name_space)) return NoName("name space", name_space);
  const bool core = resource.group_version.find('/') == std::string_view::npos;
  std::string path = fmt::format("/{}/{}", core ? "api" : "apis", resource.group_version);
  if (resource.namespaced && !name_space.empty()) path += fmt::format("/namespaces/{}", name_space);
  return fmt::format("{}/{}", path, resource.plural);
}

absl::StatusOr<std::string> ObjectPath(const Resource& resource, const ObjectName& name) {
  if (!IsName(name.name)) return NoName("name", name.name);
  if (resource.namespaced && name.name_space.empty()) return NoName("name space", "");
  ASSIGN_OR_RETURN(const std::string path, CollectionPath(resource, name.name_space));
  return fmt::format("{}/{}", path, name.name);
}

std::string EscapeQuery(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (IsAlphanumeric(c) || c == '.' || c == '_' || c == '~' || c == '-') {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace rds_csi
