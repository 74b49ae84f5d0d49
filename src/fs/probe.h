// SPDX-License-Identifier: Apache-2.0
// What is on a device. This is the question that decides whether a volume is formatted, so it has
// four answers and an error, and only one of them allows mkfs (design 3.8).
#ifndef RDS_CSI_FS_PROBE_H_
#define RDS_CSI_FS_PROBE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/exec.h"

namespace rds_csi {

struct Contents {
  enum class Kind {
    kBlank,       // libblkid knows nothing on it, and every read succeeded and found only zeros
    kFilesystem,  // `what` is its type as libblkid names it: "ext4", "xfs", "ntfs" …
    kData,        // nothing that libblkid knows, but not blank; `what` says where
    kOther,       // `what` says what was found: "gpt partition table", "crypto_LUKS", "ambivalent"
  };
  Kind kind = Kind::kOther;
  std::string what;
};

// UNAVAILABLE: the device could not be read; it may hold anything. FAILED_PRECONDITION: somebody
// else holds it (it is opened O_EXCL). DEADLINE_EXCEEDED, ABORTED: see Exec.
absl::StatusOr<Contents> Probe(Exec& exec, const std::string& device, absl::Time deadline);

// rds-csi-io's line: "blank", "filesystem TYPE", "data BYTE" or "other WHAT". INTERNAL quoting
// anything else.
absl::StatusOr<Contents> ParseContents(std::string_view line);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_PROBE_H_
