// SPDX-License-Identifier: Apache-2.0
// Where exports go: the kernel's NVMe/TCP target (nvmet/nvmet_target.h), or nowhere.
#ifndef RDS_CSI_SIM_ROUTER_EXPORT_TARGET_H_
#define RDS_CSI_SIM_ROUTER_EXPORT_TARGET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rds_csi::sim {

struct Export {
  std::string nqn;
  std::vector<std::string> hosts;  // host NQNs that may connect; empty: any
  uint64_t port = 4420;
  std::string file;  // on this machine
  std::string uuid;  // of namespace 1
};

// The router calls one method at a time. Errors' messages name the kernel object and the errno.
class ExportTarget {
 public:
  virtual ~ExportTarget() = default;

  // Hosts can connect when this returns. On failure nothing of the export is left.
  virtual absl::Status Publish(const Export& wanted) = 0;
  // Drops every session of that NQN and removes the export; an unknown NQN is success.
  virtual void Withdraw(const std::string& nqn) = 0;
  // Replaces the allow-list; live sessions stay, or are all dropped.
  virtual absl::Status ChangeHosts(const Export& wanted, bool drop_sessions) = 0;
  // Makes connected hosts see that the file grew.
  virtual absl::Status FollowSize(const Export& wanted) = 0;
  // Between a boot and the exports' return the port listens and knows no export: a connect is
  // rejected for good. Publish ends this state of a port.
  virtual absl::Status ListenWithoutExports(uint64_t port) = 0;
};

// For machines without the kernel's target: the table says exported, and nothing listens.
class NoExportTarget : public ExportTarget {
 public:
  absl::Status Publish(const Export&) override { return absl::OkStatus(); }
  void Withdraw(const std::string&) override {}
  absl::Status ChangeHosts(const Export&, bool) override { return absl::OkStatus(); }
  absl::Status FollowSize(const Export&) override { return absl::OkStatus(); }
  absl::Status ListenWithoutExports(uint64_t) override { return absl::OkStatus(); }
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_EXPORT_TARGET_H_
