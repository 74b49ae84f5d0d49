// SPDX-License-Identifier: Apache-2.0
// The simulated RDS without its doors: executes commands one at a time, keeps the state file, and
// can be rebooted.
#ifndef RDS_CSI_SIM_ROUTER_ROUTER_H_
#define RDS_CSI_SIM_ROUTER_ROUTER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/router/command.h"
#include "sim/router/machine.h"
#include "sim/router/state_saver.h"

namespace rds_csi::sim {

struct PoolSpec {
  std::string slot;
  uint64_t size = 0;
  std::string fs;
};

// "storage-pool=16G:btrfs"; the filesystem is btrfs, xfs or ext4 and may be left out (btrfs).
absl::StatusOr<PoolSpec> ParsePool(const std::string& text);

struct RouterOptions {
  std::string state_dir;
  std::vector<PoolSpec> pools;
  std::vector<std::string> directories;  // made at start: "/storage-pool/volumes"
};

// What a test changes about a pool; what is not set stays.
struct PoolChange {
  std::optional<bool> full;
  std::optional<bool> mounted;
  std::optional<std::string> state;
};

// Thread-safe.
class Router {
 public:
  // Reads the state file if there is one, makes the pools that are new, publishes the exports.
  static absl::StatusOr<std::unique_ptr<Router>> Open(const RouterOptions& options,
                                                      const Schema& schema,
                                                      const Switches& switches,
                                                      ExportTarget& target);
  // Withdraws the exports and writes the state.
  ~Router();

  absl::StatusOr<Reply> Execute(const Command& command);
  const Schema& schema() const { return machine_.schema; }

  absl::Status ChangePool(const std::string& slot, const PoolChange& change);

  // The three moments of a reboot: exports vanish; the ports listen without them; they are back.
  void PowerOff();
  void ListenWithoutExports();
  absl::Status RestoreExports();

 private:
  Router(const RouterOptions& options, const Schema& schema, const Switches& switches,
         ExportTarget& target);

  absl::Status Load(const RouterOptions& options);
  void AddPool(const PoolSpec& spec);
  SavedState Snapshot();

  std::mutex mutex_;
  Machine machine_;
  const std::string state_path_;
  std::unique_ptr<StateSaver> saver_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_ROUTER_H_
