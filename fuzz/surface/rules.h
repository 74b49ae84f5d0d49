// SPDX-License-Identifier: Apache-2.0
// The rules for every answer, whatever the request and whatever went wrong.
#ifndef RDS_CSI_FUZZ_SURFACE_RULES_H_
#define RDS_CSI_FUZZ_SURFACE_RULES_H_

#include <string>

#include "fuzz/surface/ask.h"

namespace rds_csi::surface {

// The code is one that callers can act on, and the words of an error are short, one line of UTF-8,
// and not missing. A request without a field that CSI requires is INVALID_ARGUMENT. While the world
// is calm nothing is INTERNAL, UNAVAILABLE or DEADLINE_EXCEEDED. Every text of an answer is UTF-8:
// clients in Go take no other. No secret is told.
void CheckAnswer(const Asked& asked, bool is_calm);

// Every line is one JSON object, one of them tells how the call ended, and no secret is in it.
void CheckLog(const Asked& asked, const std::string& log);

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_RULES_H_
