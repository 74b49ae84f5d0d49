// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_WORLD_BELIEF_H_
#define RDS_CSI_TESTS_WORLD_BELIEF_H_

#include "absl/status/status.h"

namespace rds_csi::world {

// Whether the callers take it for certain that a call with this answer did nothing, and so never
// take it back (docs/decisions/0005).
inline bool IsFinal(const absl::Status& answer) {
  switch (answer.code()) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return false;
    default:
      return true;
  }
}

// What a caller believes to be so.
enum class Belief { kNo, kMaybe, kYes };

// What is believed after an answer to a call that makes something, and to one that undoes it.
inline void NoteMade(Belief& belief, const absl::Status& answer) {
  if (answer.ok()) {
    belief = Belief::kYes;
  } else if (belief != Belief::kYes) {
    belief = IsFinal(answer) ? Belief::kNo : Belief::kMaybe;
  }
}
inline void NoteUndone(Belief& belief, const absl::Status& answer) {
  if (answer.ok()) belief = Belief::kNo;
}

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_BELIEF_H_
