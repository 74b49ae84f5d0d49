// SPDX-License-Identifier: Apache-2.0
#include "csi/capability.h"

#include <fmt/format.h>

#include "base/status.h"
#include "csi.pb.h"
#include "csi/request_fields.h"

namespace rds_csi {
namespace {

using Mode = csi::v1::VolumeCapability::AccessMode;

absl::StatusOr<AccessMode> ReadMode(std::string_view field,
                                    const csi::v1::VolumeCapability& capability) {
  const Mode::Mode mode = capability.access_mode().mode();
  switch (mode) {
    case Mode::SINGLE_NODE_WRITER:
      return AccessMode::kSingleNodeWriter;
    case Mode::SINGLE_NODE_READER_ONLY:
      return AccessMode::kSingleNodeReaderOnly;
    case Mode::SINGLE_NODE_SINGLE_WRITER:
      return AccessMode::kSingleNodeSingleWriter;
    case Mode::SINGLE_NODE_MULTI_WRITER:
      return AccessMode::kSingleNodeMultiWriter;
    case Mode::MULTI_NODE_MULTI_WRITER:
      return AccessMode::kMultiNodeMultiWriter;
    case Mode::UNKNOWN:
      return InvalidField(field, "access_mode is missing");
    default:  // MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER, and what later versions add
      const std::string name =
          Mode::Mode_IsValid(mode) ? Mode::Mode_Name(mode) : fmt::to_string(int{mode});
      return InvalidField(field, fmt::format("access mode {} is not offered", name));
  }
}

absl::StatusOr<Capability> ReadAccess(std::string_view field,
                                      const csi::v1::VolumeCapability& capability) {
  Capability access;
  if (capability.has_block()) {
    access.block = true;
    return access;
  }
  if (!capability.has_mount()) return InvalidField(field, "neither block nor mount is given");
  const csi::v1::VolumeCapability::MountVolume& mount = capability.mount();
  if (!mount.volume_mount_group().empty()) {
    return InvalidField(field, "mount.volume_mount_group is not offered");
  }
  access.fs_type = mount.fs_type();
  access.mount_flags.assign(mount.mount_flags().begin(), mount.mount_flags().end());
  return access;
}

}  // namespace

absl::StatusOr<Capability> ReadCapability(std::string_view field,
                                          const csi::v1::VolumeCapability& capability) {
  ASSIGN_OR_RETURN(Capability read, ReadAccess(field, capability));
  ASSIGN_OR_RETURN(read.mode, ReadMode(field, capability));
  RETURN_IF_ERROR(Annotate(CheckCapability(read), field));
  return read;
}

absl::StatusOr<std::vector<Capability>> ReadCapabilities(
    const google::protobuf::RepeatedPtrField<csi::v1::VolumeCapability>& capabilities) {
  std::vector<Capability> all;
  for (int i = 0; i < capabilities.size(); ++i) {
    ASSIGN_OR_RETURN(Capability capability,
                     ReadCapability(fmt::format("volume_capabilities[{}]", i), capabilities[i]));
    all.push_back(std::move(capability));
  }
  return all;
}

}  // namespace rds_csi
