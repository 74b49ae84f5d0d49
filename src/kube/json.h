// SPDX-License-Identifier: Apache-2.0
// JSON as the API server writes it, and fields of it, each checked and named when it is not what it
// should be. Never throws.
#ifndef RDS_CSI_KUBE_JSON_H_
#define RDS_CSI_KUBE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rds_csi {

using Json = nlohmann::json;

// One JSON object. Members whose key is in `leave_out` are left out, at any depth, so that what
// nobody asks for takes no memory. INTERNAL: not JSON, no object, or nested deeper than 100
// levels; the text begins with `what` and quotes the beginning.
absl::StatusOr<Json> ParseObject(std::string_view text, std::string_view what,
                                 const std::set<std::string>& leave_out = {});

// The text of `object` for the wire; bytes that are no UTF-8 are replaced.
std::string ToText(const Json& object);

// Reads the members of one object. A member that is missing or null reads as empty where that is
// allowed; one of another type never does. Errors are INTERNAL: `what`, the path, what is wrong.
class FieldReader {
 public:
  FieldReader(const Json& object, std::string what) : object_(object), what_(std::move(what)) {}

  // "metadata.name", and so on; the path ends in a member of that type.
  absl::StatusOr<std::string> String(std::string_view path) const;  // must be there
  absl::StatusOr<std::string> StringOrEmpty(std::string_view path) const;
  absl::StatusOr<bool> BoolOrFalse(std::string_view path) const;
  absl::StatusOr<int64_t> IntegerOrZero(std::string_view path) const;
  // RFC 3339, with or without fractions of a second.
  absl::StatusOr<std::optional<absl::Time>> TimeIfThere(std::string_view path) const;
  // An array or object; null where there is none.
  absl::StatusOr<const Json*> ArrayIfThere(std::string_view path) const;
  absl::StatusOr<const Json*> ObjectIfThere(std::string_view path) const;

  // INTERNAL: "<what>: <path> <problem>".
  absl::Status Wrong(std::string_view path, std::string_view problem) const;

 private:
  // Null: not there.
  absl::StatusOr<const Json*> Find(std::string_view path) const;

  const Json& object_;
  std::string what_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_JSON_H_
