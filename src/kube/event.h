// SPDX-License-Identifier: Apache-2.0
// Events of Kubernetes (core/v1) as JSON: pure.
#ifndef RDS_CSI_KUBE_EVENT_H_
#define RDS_CSI_KUBE_EVENT_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "kube/json.h"
#include "kube/objects.h"
#include "observe/report.h"

namespace rds_csi {

inline constexpr size_t kLongestEventMessage = 1024;  // in bytes

// Who says it: reportingComponent and reportingInstance.
struct EventSource {
  std::string driver;    // the driver's name
  std::string instance;  // the pod or the node
};

// "<claim>.<16 random digits>", at most 253 characters: a new name for each event.
std::string NewEventName(std::string_view claim);

// The first event of its kind: on the PersistentVolumeClaim, in its name space, with its uid.
Json NewEvent(const Report& report, const EventSource& source, const ClaimReference& claim,
              const std::string& name, absl::Time now);

// The merge patch that makes of an event one that was told `count` times, the last time at `now`.
Json RepeatedEvent(int count, absl::Time now);

// At most `limit` bytes of `text`, cut between characters and ended by "..." where it was cut;
// every byte that is not part of valid UTF-8 is '?', and so are control characters other than line
// breaks and tabs. `limit` is at least 4.
std::string CutText(std::string_view text, size_t limit);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_EVENT_H_
