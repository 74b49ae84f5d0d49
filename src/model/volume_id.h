// SPDX-License-Identifier: Apache-2.0
// A volume's name and every name made from it. This is the only place where slots, NQNs and file
// names of volumes are made.
#ifndef RDS_CSI_MODEL_VOLUME_ID_H_
#define RDS_CSI_MODEL_VOLUME_ID_H_

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace rds_csi {

inline constexpr std::string_view kNqnPrefix = "nqn.2000-02.com.mikrotik:";

// The CSI volume id, which is the name the volume was created with: [A-Za-z0-9][A-Za-z0-9._-]*, at
// most 128 characters (VOL-2). A value of this type has been checked.
class VolumeId {
 public:
  // INVALID_ARGUMENT naming the offending text.
  static absl::StatusOr<VolumeId> Parse(std::string_view text);

  const std::string& str() const { return id_; }

  // "csi-" and 28 hexadecimal digits of SHA-256(id): RouterOS slots hold 32 characters.
  std::string Slot() const;

  // kNqnPrefix and the id.
  std::string Nqn() const;

  friend auto operator<=>(const VolumeId&, const VolumeId&) = default;

 private:
  explicit VolumeId(std::string id) : id_(std::move(id)) {}
  std::string id_;
};

// Whether `text` is what Slot() makes, of whatever id.
bool IsSlot(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_VOLUME_ID_H_
