// SPDX-License-Identifier: Apache-2.0
// ParseStorageClass: whatever people write, the volume lands below a base path and every value is
// within its bounds.
#include "fuzz/fuzz.h"
#include "model/paths.h"
#include "model/storage_class.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::StatusOr<StorageClass> parsed =
      ParseStorageClass(Map(Text(data, size)), {"/pool/dir"});
  if (!parsed.ok()) {
    Require(absl::IsInvalidArgument(parsed.status()), "refusals are INVALID_ARGUMENT");
    return 0;
  }
  Require(parsed->volume_path == "/pool/dir" || IsBelow(parsed->volume_path, "/pool/dir"),
          "the volume lies below the base path");
  Require(IsPlain(parsed->volume_path) && IsPlain(parsed->nvme_address), "values are plain text");
  const ConnectionTimeouts& timeouts = parsed->timeouts;
  Require(timeouts.ctrl_loss_seconds >= -1 && timeouts.ctrl_loss_seconds <= 86400 &&
              timeouts.reconnect_delay_seconds >= 1 && timeouts.reconnect_delay_seconds <= 86400 &&
              timeouts.keep_alive_seconds >= 0 && timeouts.keep_alive_seconds <= 86400,
          "timeouts are within their bounds");
  Require(parsed->migration_timeout_seconds >= 30 && parsed->migration_timeout_seconds <= 3600,
          "the time for a migration is within its bounds");
  for (const auto& [key, value] : parsed->passed_on) Require(IsPlain(value), "names are plain");
  return 0;
}
