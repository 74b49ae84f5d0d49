// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_WORLD_REPORTS_H_
#define RDS_CSI_TESTS_WORLD_REPORTS_H_

#include "observe/report.h"

namespace rds_csi::world {

// Hears nothing.
inline Reporter& NoReports() {
  class Deaf final : public Reporter {
    void Tell(const Report&) override {}
  };
  static Deaf deaf;
  return deaf;
}

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_REPORTS_H_
