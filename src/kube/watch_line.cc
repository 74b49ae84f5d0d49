// SPDX-License-Identifier: Apache-2.0
#include "kube/watch_line.h"

#include <optional>
#include <utility>

#include "base/status.h"

namespace rds_csi {
namespace {

using Kind = WatchEvent::Kind;

constexpr long kNobodySaid = 500;

std::optional<Kind> KindOf(std::string_view type) {
  if (type == "ADDED") return Kind::kAdded;
  if (type == "MODIFIED") return Kind::kModified;
  if (type == "DELETED") return Kind::kDeleted;
  if (type == "BOOKMARK") return Kind::kBookmark;
  return std::nullopt;
}

absl::Status ErrorOf(const Json& status, const Asked& asked) {
  const auto code = FieldReader(status, "").IntegerOrZero("code");
  const bool is_error = code.ok() && *code >= 400 && *code < 600;
  return ApiError(is_error ? static_cast<long>(*code) : kNobodySaid, ToText(status), asked);
}

}  // namespace

absl::StatusOr<WatchLine> ParseWatchLine(std::string_view line, const Asked& asked,
                                         const std::set<std::string>& leave_out) {
  const std::string what = Describe(asked);
  ASSIGN_OR_RETURN(Json whole, ParseObject(line, what, leave_out));
  const FieldReader fields(whole, what);
  ASSIGN_OR_RETURN(const std::string type, fields.String("type"));
  ASSIGN_OR_RETURN(const Json* const object, fields.ObjectIfThere("object"));
  if (object == nullptr) return fields.Wrong("object", "is missing");
  if (type == "ERROR") return ErrorOf(*object, asked);
  const std::optional<Kind> kind = KindOf(type);
  if (!kind) return fields.Wrong("type", "is unknown");
  WatchLine read;
  read.event.kind = *kind;
  ASSIGN_OR_RETURN(read.version, fields.String("object.metadata.resourceVersion"));
  read.event.object = std::move(whole["object"]);
  return read;
}

}  // namespace rds_csi
