// SPDX-License-Identifier: Apache-2.0
// The whole simulated RDS in one object, so that tests can have one, or several, in their process.
#ifndef RDS_CSI_SIM_SIMULATOR_H_
#define RDS_CSI_SIM_SIMULATOR_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/control/control_socket.h"
#include "sim/control/service.h"
#include "sim/credentials/credentials.h"
#include "sim/nvmet/backing.h"
#include "sim/nvmet/config_tree.h"
#include "sim/options.h"
#include "sim/rest/rest_door.h"
#include "sim/router/router.h"
#include "sim/ssh/ssh_door.h"

namespace rds_csi::sim {

class Simulator {
 public:
  // Both doors are open and the exports published when this returns. Errors say what to change.
  static absl::StatusOr<std::unique_ptr<Simulator>> Start(const Options& options);
  // Closes the doors, withdraws the exports, writes the state.
  ~Simulator();

  // The doors' ports; 0 for a door that is not configured.
  uint16_t rest_port() const;
  uint16_t ssh_port() const;
  const Credentials& credentials() const { return credentials_; }
  Service& service() { return *service_; }

  // Drops every connection and export at once; opens the doors after `down`, and `exports` later
  // the exports. In between the NVMe port listens and rejects everybody. Returns at once; a reboot
  // while one goes on is refused with UNAVAILABLE.
  absl::Status Reboot(std::chrono::milliseconds down, std::chrono::milliseconds exports);

 private:
  Simulator() = default;

  absl::Status OpenTarget(const Options& options);
  absl::Status OpenDoors(const Options& options);
  void RunReboot(std::chrono::milliseconds down, std::chrono::milliseconds exports);
  // False when the simulator stops meanwhile.
  bool Sleep(std::chrono::milliseconds time);

  std::optional<Schema> schema_;
  Switches switches_;
  Credentials credentials_;
  std::unique_ptr<ConfigTree> config_;
  std::unique_ptr<Backings> backings_;
  std::unique_ptr<ExportTarget> target_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<RestDoor> rest_;
  std::unique_ptr<SshDoor> ssh_;
  std::unique_ptr<ControlSocket> control_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool rebooting_ = false;
  std::thread reboot_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_SIMULATOR_H_
