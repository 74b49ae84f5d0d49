// SPDX-License-Identifier: Apache-2.0
#include "sim/options.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "sim/base/status_macros.h"
#include "sim/router/disk_settings.h"
#include "sim/router/switches.h"
#include "sim/schema/schema.h"

namespace rds_csi::sim {
namespace {

// Unix sockets have room for that many characters and a zero.
constexpr size_t kMaxSocketPath = 107;

bool IsAddress(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> ignored;
  return inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
}

// Collects what is wrong while the flags are turned into options.
class Checker {
 public:
  explicit Checker(const Flags& flags) : flags_(flags) {}

  absl::StatusOr<Options> Check() {
    CheckPaths();
    CheckVersion();
    CheckDoors();
    CheckExport();
    CheckPools();
    CheckDirectories();
    CheckKeys();
    CheckAssumptions();
    if (problems_.empty()) return std::move(options_);
    return absl::InvalidArgumentError(fmt::format("{}", fmt::join(problems_, "\n")));
  }

 private:
  void Problem(std::string text) { problems_.push_back(std::move(text)); }

  void CheckPaths() {
    if (flags_.state_dir.empty()) Problem("--state-dir: missing");
    if (flags_.control.size() > kMaxSocketPath) {
      Problem(fmt::format("--control: longer than {} characters", kMaxSocketPath));
    }
    if (flags_.user.empty() || flags_.user.find(':') != std::string::npos) {
      Problem("--user: empty, or with a colon in it");
    }
    options_.state_dir = flags_.state_dir;
    options_.credentials_dir = flags_.credentials_dir;
    options_.control = flags_.control;
    options_.user = flags_.user;
    options_.password = flags_.password;
  }

  void CheckVersion() {
    const auto versions = Schema::Versions();
    if (std::find(versions.begin(), versions.end(), flags_.routeros) == versions.end()) {
      Problem(
          fmt::format("--routeros {}: not one of {}", flags_.routeros, fmt::join(versions, ", ")));
    }
    options_.routeros = flags_.routeros;
  }

  std::optional<Address> CheckAddress(std::string_view flag, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto address = ParseAddress(text);
    if (!address.ok()) {
      Problem(fmt::format("{} {}", flag, Message(address.status())));
      return std::nullopt;
    }
    names_.insert(address->host);
    return *address;
  }

  void CheckDoors() {
    if (flags_.rest.empty() && flags_.ssh.empty()) Problem("--rest and --ssh: give one or both");
    options_.rest = CheckAddress("--rest", flags_.rest);
    options_.ssh = CheckAddress("--ssh", flags_.ssh);
    const bool same = options_.rest && options_.ssh && options_.rest->port != 0 &&
                      options_.rest->port == options_.ssh->port &&
                      options_.rest->host == options_.ssh->host;
    if (same) Problem(fmt::format("--rest and --ssh: both are {}", flags_.rest));
  }

  void CheckExport() {
    if (flags_.exports != "none" && flags_.exports != "nvmet") {
      Problem(fmt::format("--export {}: neither nvmet nor none", flags_.exports));
    }
    options_.nvmet = flags_.exports == "nvmet";
    options_.nvmet_root = flags_.nvmet_root;
    if (!IsAddress(flags_.nvme_address)) {
      Problem(fmt::format("--nvme-address {}: not an IP address", flags_.nvme_address));
    }
    options_.nvme_address = flags_.nvme_address;
  }

  void CheckPools() {
    std::set<std::string> slots;
    for (const std::string& text : flags_.pools) {
      auto pool = ParsePool(text);
      if (!pool.ok()) {
        Problem(fmt::format("--{}", Message(pool.status())));
      } else if (!slots.insert(pool->slot).second) {
        Problem(fmt::format("--pool {}: given twice", pool->slot));
      } else {
        options_.pools.push_back(*std::move(pool));
      }
    }
  }

  void CheckDirectories() {
    for (const std::string& text : flags_.directories) {
      const auto path = NormalFilePath(text, "directory");
      const auto on = [&](const PoolSpec& pool) {
        return path->rfind("/" + pool.slot + "/", 0) == 0;
      };
      if (!path.ok() || std::none_of(options_.pools.begin(), options_.pools.end(), on)) {
        Problem(fmt::format("--directory {}: not on any --pool", text));
      } else {
        options_.directories.push_back(*path);
      }
    }
  }

  void CheckKeys() {
    if (flags_.ssh_host_key != "rsa" && flags_.ssh_host_key != "ed25519") {
      Problem(fmt::format("--ssh-host-key {}: neither rsa nor ed25519", flags_.ssh_host_key));
    }
    options_.ssh_host_key = flags_.ssh_host_key == "rsa" ? SshKeyType::kRsa : SshKeyType::kEd25519;
    names_.insert({"localhost", "127.0.0.1", "::1", flags_.nvme_address});
    names_.insert(flags_.names.begin(), flags_.names.end());
    for (const std::string& name : names_) {
      if (!name.empty() && name != "0.0.0.0" && name != "::") options_.names.push_back(name);
    }
  }

  void CheckAssumptions() {
    Switches switches;
    for (const std::string& pair : flags_.assumptions) {
      const absl::Status status = switches.SetPair(pair);
      if (!status.ok()) Problem(fmt::format("--assume {}", Message(status)));
    }
    options_.assumptions = flags_.assumptions;
  }

  const Flags& flags_;
  Options options_;
  std::set<std::string> names_;
  std::vector<std::string> problems_;
};

}  // namespace

absl::StatusOr<Options> CheckFlags(const Flags& flags) { return Checker(flags).Check(); }

}  // namespace rds_csi::sim
