// SPDX-License-Identifier: Apache-2.0
// Since when something has been so, for a loop that looks again and again.
#ifndef RDS_CSI_BASE_FIRST_SEEN_H_
#define RDS_CSI_BASE_FIRST_SEEN_H_

#include <map>
#include <string>

#include "absl/time/time.h"

namespace rds_csi {

class FirstSeen {
 public:
  // Notes `what` in this round. Answers when it was noted first: `now`, or the time of an earlier
  // round if it was noted in every round since.
  absl::Time Note(const std::string& what, absl::Time now);

  // Forgets what was not noted in this round, and begins the next one.
  void EndRound();

 private:
  struct Entry {
    absl::Time first;
    bool noted = true;
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_FIRST_SEEN_H_
