// SPDX-License-Identifier: Apache-2.0
// The shape that every name of ours has: volume ids, node ids, cluster ids and the parts of a
// directory on the RDS. It is safe in a file name, an NQN, a ledger and a RouterOS console, and it
// can be neither "." nor "..".
#ifndef RDS_CSI_MODEL_NAME_H_
#define RDS_CSI_MODEL_NAME_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

// OK when `text` is [A-Za-z0-9][A-Za-z0-9._-]* of at most `limit` characters.
// INVALID_ARGUMENT: `"<text>" is not a <what>: <reason>`, the reason naming the first character
// that is not allowed.
absl::Status CheckName(std::string_view text, std::string_view what, size_t limit);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_NAME_H_
