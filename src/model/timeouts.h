// SPDX-License-Identifier: Apache-2.0
// The times of a StorageClass, which travel on in the volume context under the same keys:
// ctrlLossTmo, reconnectDelay, keepAliveTmo, anchorSeconds, migrationTimeoutSeconds.
#ifndef RDS_CSI_MODEL_TIMEOUTS_H_
#define RDS_CSI_MODEL_TIMEOUTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace rds_csi {

class Fields;

// How the kernel behaves when a connection is lost. A 0 leaves the choice to the kernel: its option
// must then *not* be written to /dev/nvme-fabrics, where ctrl_loss_tmo=0 gives up at the first loss
// and keep_alive_tmo=0 sends no keep-alives at all.
struct ConnectionTimeouts {
  int32_t ctrl_loss_seconds = -1;       // ctrlLossTmo: -1 never gives up, 0 is the kernel's (600)
  int32_t reconnect_delay_seconds = 5;  // reconnectDelay: >= 1
  int32_t keep_alive_seconds = 0;       // keepAliveTmo: 0 is the kernel's (5)
  // anchorSeconds, 0..86400: for how long I/O waits once the kernel has given the connection up
  // (STL-7); 0: it fails at once. None: the node's own, --anchor-seconds.
  std::optional<int32_t> anchor_seconds = std::nullopt;
  friend bool operator==(const ConnectionTimeouts&, const ConnectionTimeouts&) = default;
};

// What to do with a number above the highest that makes sense (a day; an hour for a migration).
enum class TooHigh {
  kRefuse,  // a new StorageClass: its author can mend it
  kLower,   // a PersistentVolume of the former driver, which took any number and cannot be edited
};

// Reads the five keys into `timeouts` and `migration_seconds`; what is missing stays as it is.
// INVALID_ARGUMENT naming the key: not a whole number, too low, or too high where that is refused.
absl::Status ReadTimeouts(const Fields& fields, TooHigh too_high, ConnectionTimeouts& timeouts,
                          int32_t& migration_seconds);

// Writes the keys; anchorSeconds only where it is set.
void WriteTimeouts(const ConnectionTimeouts& timeouts, int32_t migration_seconds,
                   std::map<std::string, std::string>& map);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_TIMEOUTS_H_
