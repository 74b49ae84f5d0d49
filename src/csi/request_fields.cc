// SPDX-License-Identifier: Apache-2.0
#include "csi/request_fields.h"

#include <fmt/format.h>

#include "csi.pb.h"
#include "model/paths.h"

namespace rds_csi {

absl::Status InvalidField(std::string_view field, std::string_view reason) {
  return Error(absl::StatusCode::kInvalidArgument, fmt::format("{}: {}", field, reason));
}

absl::StatusOr<std::string> ReadPath(std::string_view field, std::string_view text) {
  if (text.empty()) return InvalidField(field, "missing");
  return ParseAbsolutePath(text, field);
}

absl::StatusOr<CapacityRange> ReadRange(const csi::v1::CapacityRange& range) {
  const CapacityRange bytes = {.required_bytes = range.required_bytes(),
                               .limit_bytes = range.limit_bytes()};
  // The verb knows the least size of its filesystem; here any size will do that can be had at all.
  RETURN_IF_ERROR(ChooseSize(bytes, kSizeStep).status());
  return bytes;
}

StringMap ToStringMap(const google::protobuf::Map<std::string, std::string>& map) {
  return {map.begin(), map.end()};
}

}  // namespace rds_csi
