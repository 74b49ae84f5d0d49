// SPDX-License-Identifier: Apache-2.0
// Our errors as gRPC's. The numbers of the codes are the same; the words are made fit to travel.
#ifndef RDS_CSI_CSI_GRPC_STATUS_H_
#define RDS_CSI_CSI_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

// `text` as valid UTF-8 without control characters and line breaks (each becomes a blank), cut
// after 2000 bytes: it travels in an HTTP/2 header and ends up in other people's logs.
std::string SafeMessage(std::string_view text);

// The same code; the message as SafeMessage makes it.
grpc::Status ToGrpcStatus(const absl::Status& status);

// "OK", "INVALID_ARGUMENT" …
std::string NameOf(absl::StatusCode code);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_GRPC_STATUS_H_
