// SPDX-License-Identifier: Apache-2.0
// The fields that many CSI requests have, from protobuf to our types. Every error is
// INVALID_ARGUMENT and begins with the field's name.
#ifndef RDS_CSI_CSI_REQUEST_FIELDS_H_
#define RDS_CSI_CSI_REQUEST_FIELDS_H_

#include <google/protobuf/map.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "model/capacity.h"
#include "model/node_id.h"
#include "model/storage_class.h"
#include "model/volume_id.h"

namespace csi::v1 {
class CapacityRange;
}  // namespace csi::v1

namespace rds_csi {

// "<field>: <reason>".
absl::Status InvalidField(std::string_view field, std::string_view reason);

// What `parse` made of `text`, which must not be empty.
template <typename Parse>
auto ReadField(std::string_view field, std::string_view text, Parse parse)
    -> decltype(parse(text)) {
  if (text.empty()) return InvalidField(field, "missing");
  auto parsed = parse(text);
  if (!parsed.ok()) return Annotate(parsed.status(), field);
  return parsed;
}

inline absl::StatusOr<VolumeId> ReadVolumeId(std::string_view text) {
  return ReadField("volume_id", text, VolumeId::Parse);
}
inline absl::StatusOr<NodeId> ReadNodeId(std::string_view text) {
  return ReadField("node_id", text, NodeId::Parse);
}

// An absolute path that kubelet names; see ParseAbsolutePath.
absl::StatusOr<std::string> ReadPath(std::string_view field, std::string_view text);

// Checked with ChooseSize: besides INVALID_ARGUMENT (negative) also OUT_OF_RANGE.
absl::StatusOr<CapacityRange> ReadRange(const csi::v1::CapacityRange& range);

StringMap ToStringMap(const google::protobuf::Map<std::string, std::string>& map);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_REQUEST_FIELDS_H_
