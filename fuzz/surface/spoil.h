// SPDX-License-Identifier: Apache-2.0
// Makes a request worse, by reflection, so that no field of no RPC is forgotten.
#ifndef RDS_CSI_FUZZ_SURFACE_SPOIL_H_
#define RDS_CSI_FUZZ_SURFACE_SPOIL_H_

#include <google/protobuf/message.h>

#include "fuzz/surface/choices.h"

namespace rds_csi::surface {

// In every value of a field that is marked csi_secret, and in no other.
inline constexpr char kSecret[] = "hunter2";

// Changes one field somewhere in `message`: takes it away, puts in a value that is good elsewhere,
// nearly good or bad, or text of the fuzzer's own; of a list or map, one element or all of them.
void Spoil(google::protobuf::Message& message, Choices& choices);

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_SPOIL_H_
