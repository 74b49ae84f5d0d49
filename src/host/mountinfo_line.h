// SPDX-License-Identifier: Apache-2.0
// One line of a mountinfo file, read without Abseil, so that rds-csi-io can too.
//
//   36 35 98:0 /sub /mnt/a\040b rw,noatime shared:1 master:2 - ext4 /dev/nvme0n1 rw,errors=continue
//   id parent number root target options   any optional fields  type source        super options
#ifndef RDS_CSI_HOST_MOUNTINFO_LINE_H_
#define RDS_CSI_HOST_MOUNTINFO_LINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/mount.h"

namespace rds_csi {

struct MountLine {
  int64_t id = 0;
  int64_t parent = 0;
  Mount mount;
};

// None when the line has another shape.
std::optional<MountLine> FindMountLine(std::string_view line);

// `text` with its octal escapes undone: "a\040b" is "a b". A backslash that starts none stays.
std::string UndoOctalEscapes(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_MOUNTINFO_LINE_H_
