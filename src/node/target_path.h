// SPDX-License-Identifier: Apache-2.0
// The places that kubelet names: making them, and making sure of where they are.
#ifndef RDS_CSI_NODE_TARGET_PATH_H_
#define RDS_CSI_NODE_TARGET_PATH_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "host/files.h"
#include "model/volume_id.h"

namespace rds_csi {

inline constexpr uint32_t kDirectoryMode = 0750;
inline constexpr uint32_t kTargetFileMode = 0640;

// INVALID_ARGUMENT naming `path`: it lies outside of the kubelet directory, as text or once the
// symbolic links on its way are followed, or is a symbolic link itself.
absl::Status CheckInsideKubeletDirectory(Files& files, const std::string& kubelet_dir,
                                         const std::string& path);

// NOT_FOUND: what CSI answers for a path that does not hold the volume, however odd it is.
absl::Status NotAt(const VolumeId& volume, const std::string& path);

// The empty file that a device is bind-mounted on, with what is missing above it (BLK-7). Answers
// whether this call made it; one that is there already is success.
absl::StatusOr<bool> MakeTargetFile(Files& files, const std::string& path);

// Likewise the directory that a filesystem is bind-mounted on.
absl::StatusOr<bool> MakeTargetDirectory(Files& files, const std::string& path);

// Takes file or empty directory away, nothing else, and never what lies in it (PUB-7). Gone
// already: OK.
absl::Status RemoveTarget(Files& files, const std::string& path);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_TARGET_PATH_H_
