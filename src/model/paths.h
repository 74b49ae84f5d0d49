// SPDX-License-Identifier: Apache-2.0
// Paths that kubelet hands us: staging and target. Checked as text here; symbolic links are looked
// at by the node's verbs, which know the machine.
#ifndef RDS_CSI_MODEL_PATHS_H_
#define RDS_CSI_MODEL_PATHS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi {

// An absolute path below "/" without ".", "..", empty parts (so without a "/" at its end), control
// characters or NUL, at most 4095 bytes (PATH_MAX without its NUL). `field` names it in the error.
// INVALID_ARGUMENT naming field and text.
absl::StatusOr<std::string> ParseAbsolutePath(std::string_view text, std::string_view field);

// Whether `path` lies below `directory` (not the same), by whole parts. Both absolute and clean.
bool IsBelow(std::string_view path, std::string_view directory);

// The directory part: "/a/b" for "/a/b/c", "/" for "/a".
std::string ParentOf(std::string_view path);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_PATHS_H_
