// SPDX-License-Identifier: Apache-2.0
// Everything that the command line says, checked.
#ifndef RDS_CSI_SIM_OPTIONS_H_
#define RDS_CSI_SIM_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/net/address.h"
#include "sim/router/router.h"
#include "sim/ssh/ssh_keys.h"

namespace rds_csi::sim {

// The flags as they were written.
struct Flags {
  std::string state_dir;
  std::string routeros = "7.24";
  std::string rest;
  std::string ssh;
  std::string exports = "none";
  std::string nvme_address = "127.0.0.1";
  std::string nvmet_root = "/sys/kernel/config/nvmet";
  std::vector<std::string> pools;
  std::vector<std::string> directories;
  std::string credentials_dir;
  std::string control;
  std::string user = "csi";
  std::string password;
  std::string ssh_host_key = "rsa";
  std::vector<std::string> names;
  std::vector<std::string> assumptions;
};

struct Options {
  std::string state_dir;
  std::string routeros;
  std::optional<Address> rest;
  std::optional<Address> ssh;
  bool nvmet = false;
  std::string nvme_address;
  std::string nvmet_root;
  std::vector<PoolSpec> pools;
  std::vector<std::string> directories;
  std::string credentials_dir;
  std::string control;
  std::string user;
  std::string password;
  SshKeyType ssh_host_key = SshKeyType::kRsa;
  std::vector<std::string> names;  // in the server certificate
  std::vector<std::string> assumptions;
};

// INVALID_ARGUMENT with every problem there is, one a line.
absl::StatusOr<Options> CheckFlags(const Flags& flags);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_OPTIONS_H_
