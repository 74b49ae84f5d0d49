// SPDX-License-Identifier: Apache-2.0
// The right to listen on a unix socket. gRPC would take the socket away from a living server
// without a word; two plugins that both think they are the one would not see each other's locks.
#ifndef RDS_CSI_CSI_SOCKET_CLAIM_H_
#define RDS_CSI_CSI_SOCKET_CLAIM_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "csi/file_lock.h"

namespace rds_csi {

// The path in "unix:///path" or "/path": absolute and clean, at most 107 characters, which is what
// the kernel takes. INVALID_ARGUMENT naming the text.
absl::StatusOr<std::string> ParseSocketPath(std::string_view endpoint);

// Locks `<path>.lock`, then removes a socket that a dead server left at `path`.
// FAILED_PRECONDITION: another rds-csi serves there, something else answers there, or what lies
// there is no socket. Errors of the folder as ErrnoStatus.
absl::StatusOr<std::unique_ptr<FileLock>> ClaimSocket(const std::string& path);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_SOCKET_CLAIM_H_
