// SPDX-License-Identifier: Apache-2.0
// A reporter for tests: keeps what it is told.
#ifndef RDS_CSI_OBSERVE_KEPT_REPORTS_H_
#define RDS_CSI_OBSERVE_KEPT_REPORTS_H_

#include <mutex>
#include <vector>

#include "observe/report.h"

namespace rds_csi {

class KeptReports final : public Reporter {
 public:
  void Tell(const Report& report) override {
    const std::lock_guard lock(mutex_);
    reports_.push_back(report);
  }
  void Clear() {
    const std::lock_guard lock(mutex_);
    reports_.clear();
  }
  std::vector<Report> All() const {
    const std::lock_guard lock(mutex_);
    return reports_;
  }
  std::vector<Reason> Reasons() const {
    std::vector<Reason> reasons;
    for (const Report& report : All()) reasons.push_back(report.reason);
    return reasons;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Report> reports_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_KEPT_REPORTS_H_
