// SPDX-License-Identifier: Apache-2.0
// What nobody has verified on a real RDS: each question is a switch, and its default is the reading
// that asks the most of a client. `--assume KEY=VALUE` and the control socket change them.
#ifndef RDS_CSI_SIM_ROUTER_SWITCHES_H_
#define RDS_CSI_SIM_ROUTER_SWITCHES_H_

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rds_csi::sim {

struct SwitchInfo {
  std::string_view name;
  std::vector<std::string_view> values;  // the first is the default; "#" stands for any number
  std::string_view meaning;
};

// Thread-safe.
class Switches {
 public:
  static std::span<const SwitchInfo> All();

  Switches();

  // INVALID_ARGUMENT, naming the possible ones, for an unknown name or value.
  absl::Status Set(std::string_view name, std::string_view value);
  // "KEY=VALUE".
  absl::Status SetPair(std::string_view pair);

  std::string Get(std::string_view name) const;
  bool Is(std::string_view name, std::string_view value) const { return Get(name) == value; }
  // The number of a numeric switch.
  uint64_t Number(std::string_view name) const;

  std::map<std::string, std::string, std::less<>> Values() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_SWITCHES_H_
