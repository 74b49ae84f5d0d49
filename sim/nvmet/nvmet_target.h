// SPDX-License-Identifier: Apache-2.0
// Exports through the Linux kernel's NVMe/TCP target:
//   subsystems/<nqn>/{attr_allow_any_host, attr_serial, allowed_hosts/<link>,
//                     namespaces/1/{device_path, device_uuid, buffered_io, enable,
//                     revalidate_size}}
//   ports/<number>/{addr_trtype, addr_adrfam, addr_traddr, addr_trsvcid, subsystems/<link>}
//   hosts/<host nqn>
// A host can connect while the subsystem is linked below the port; removing that link drops all its
// sessions.
#ifndef RDS_CSI_SIM_NVMET_NVMET_TARGET_H_
#define RDS_CSI_SIM_NVMET_NVMET_TARGET_H_

#include <map>
#include <string>
#include <vector>

#include "sim/nvmet/backing.h"
#include "sim/nvmet/config_tree.h"
#include "sim/router/export_target.h"

namespace rds_csi::sim {

class NvmetTarget : public ExportTarget {
 public:
  // Exports listen on `address`; files are below `files_root`.
  NvmetTarget(ConfigTree& tree, Backings& backings, std::string address, std::string files_root);
  // Removes everything that it made.
  ~NvmetTarget() override;

  // Removes what an earlier run left: every subsystem whose namespace is one of our files.
  void RemoveLeftovers();

  absl::Status Publish(const Export& wanted) override;
  void Withdraw(const std::string& nqn) override;
  absl::Status ChangeHosts(const Export& wanted, bool drop_sessions) override;
  absl::Status FollowSize(const Export& wanted) override;
  absl::Status ListenWithoutExports(uint64_t port) override;

 private:
  absl::Status MakeSubsystem(const Export& wanted);
  absl::Status MakeNamespace(const Export& wanted);
  absl::Status AllowHosts(const Export& wanted);
  void ForbidHosts(const std::string& nqn, const std::vector<std::string>& but);
  void EndBoot(uint64_t port);
  absl::Status ProvidePort(uint64_t port);
  absl::Status LinkToPort(const std::string& nqn, uint64_t port);
  void UnlinkFromPorts(const std::string& nqn);

  ConfigTree& tree_;
  Backings& backings_;
  const std::string address_;
  const std::string files_root_;
  std::map<std::string, std::string> devices_;  // device_path by NQN
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_NVMET_NVMET_TARGET_H_
