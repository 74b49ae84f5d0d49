// SPDX-License-Identifier: Apache-2.0
#include "model/volume_id.h"

#include "base/digest.h"
#include "base/status.h"
#include "model/name.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestVolumeId = 128;
constexpr std::string_view kSlotPrefix = "csi-";
constexpr size_t kSlotDigits = 28;

}  // namespace

absl::StatusOr<VolumeId> VolumeId::Parse(std::string_view text) {
  RETURN_IF_ERROR(CheckName(text, "volume id", kLongestVolumeId));
  return VolumeId(std::string(text));
}

std::string VolumeId::Slot() const {
  return std::string(kSlotPrefix) + Sha256Hex(id_).substr(0, kSlotDigits);
}

std::string VolumeId::Nqn() const { return std::string(kNqnPrefix) + id_; }

bool IsSlot(std::string_view text) {
  return text.starts_with(kSlotPrefix) && IsHex(text.substr(kSlotPrefix.size()), kSlotDigits);
}

}  // namespace rds_csi
