// SPDX-License-Identifier: Apache-2.0
// An export target that keeps what is exported and a journal of what was done, and fails on demand.
#ifndef RDS_CSI_SIM_TESTING_JOURNAL_TARGET_H_
#define RDS_CSI_SIM_TESTING_JOURNAL_TARGET_H_

#include <map>
#include <string>
#include <vector>

#include "sim/router/export_target.h"

namespace rds_csi::sim {

class JournalTarget : public ExportTarget {
 public:
  absl::Status Publish(const Export& wanted) override {
    if (fail) return absl::UnavailableError("mkdir subsystems/x: no");
    journal.push_back("publish " + wanted.nqn);
    exports[wanted.nqn] = wanted;
    return absl::OkStatus();
  }
  void Withdraw(const std::string& nqn) override {
    journal.push_back("withdraw " + nqn);
    exports.erase(nqn);
  }
  absl::Status ChangeHosts(const Export& wanted, bool drop_sessions) override {
    journal.push_back("hosts " + wanted.nqn + (drop_sessions ? " drop" : " keep"));
    exports[wanted.nqn] = wanted;
    return absl::OkStatus();
  }
  absl::Status FollowSize(const Export& wanted) override {
    journal.push_back("size " + wanted.nqn);
    return absl::OkStatus();
  }
  absl::Status ListenWithoutExports(uint64_t port) override {
    journal.push_back("listen " + std::to_string(port));
    return absl::OkStatus();
  }

  std::map<std::string, Export> exports;
  std::vector<std::string> journal;
  bool fail = false;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_TESTING_JOURNAL_TARGET_H_
