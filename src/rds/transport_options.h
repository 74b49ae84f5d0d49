// SPDX-License-Identifier: Apache-2.0
// What an operator may choose about the connection to the RDS.
#ifndef RDS_CSI_RDS_TRANSPORT_OPTIONS_H_
#define RDS_CSI_RDS_TRANSPORT_OPTIONS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace rds_csi {

struct TransportOptions {
  // Commands at once; more wait their turn. For SSH each is a session of its own, and one is for an
  // RDS that refuses a second. 0: what suits the door (REST 8, SSH 2).
  int connections = 0;
  absl::Duration connect_timeout = absl::Seconds(10);
  size_t largest_answer = 64 << 20;  // bytes; more is INTERNAL
  // SSH without a pinned host key: whoever answers is believed. Never but by an explicit flag.
  bool any_host_key = false;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_TRANSPORT_OPTIONS_H_
