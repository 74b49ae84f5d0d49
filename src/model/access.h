// SPDX-License-Identifier: Apache-2.0
// How a volume is going to be used: filesystem or raw block, and by how many (ACC-1).
#ifndef RDS_CSI_MODEL_ACCESS_H_
#define RDS_CSI_MODEL_ACCESS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace rds_csi {

enum class FsType { kExt4, kExt3, kXfs };

// "ext4", "ext3", "xfs".
std::string_view NameOf(FsType type);

// none for every other text.
std::optional<FsType> FindFsType(std::string_view text);

// The modes this driver offers; the names are those of csi.v1.VolumeCapability.AccessMode.
enum class AccessMode {
  kSingleNodeWriter,
  kSingleNodeReaderOnly,
  kSingleNodeSingleWriter,
  kSingleNodeMultiWriter,
  kMultiNodeMultiWriter,  // block volumes only: KubeVirt live migration
};

// "SINGLE_NODE_WRITER" …
std::string_view NameOf(AccessMode mode);

struct Capability {
  bool block = false;                    // raw block; the two below are then empty
  std::string fs_type;                   // as the request gave it; may be empty
  std::vector<std::string> mount_flags;  // as the request gave them, one option each
  AccessMode mode = AccessMode::kSingleNodeWriter;
};

// The volume is to be used read-only on this node, whoever publishes it.
bool IsForReading(const Capability& capability);

// Whether this driver can serve `capability`. Of a block capability only the mode is looked at.
// INVALID_ARGUMENT: a filesystem for several nodes (the text points to volumeMode: Block), an
// unknown filesystem type, a mount flag that CheckMountFlag refuses.
absl::Status CheckCapability(const Capability& capability);

// One mount option: [a-z0-9_]+(=[A-Za-z0-9_.:/%+-]+)?, at most 128 characters. INVALID_ARGUMENT
// naming the flag; refused are
//   - what changes what is mounted, where, or who sees it: bind, move, remount, loop, offset=,
//     shared, private, …, and a journal, log or data section on another device;
//   - errors=panic, which would let one volume take the whole node down;
//   - what only mount(8) and fstab know and that promises something we do not do: user, users,
//     owner, group, helper=, and x-… (by its shape); and exec, dev, suid: they are the default.
// What only mount(8) and fstab know and that is harmless is accepted and dropped: KernelMountFlags.
absl::Status CheckMountFlag(std::string_view flag);

// `flags` without defaults, auto, noauto, nofail, nouser and _netdev: those mean something to
// mount(8) and fstab only, and the kernel would refuse them.
std::vector<std::string> KernelMountFlags(const std::vector<std::string>& flags);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_ACCESS_H_
