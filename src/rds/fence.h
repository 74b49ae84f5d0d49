// SPDX-License-Identifier: Apache-2.0
// The fence: which hosts the RDS admits to a volume's export, as RouterOS writes it in
// nvme-tcp-server-allow-host-name. Pure.
#ifndef RDS_CSI_RDS_FENCE_H_
#define RDS_CSI_RDS_FENCE_H_

#include <string>
#include <string_view>
#include <vector>

namespace rds_csi {

// How the unverified parts of RouterOS are taken to behave (docs/decisions; switches of the
// controller). The defaults are safe whichever way it turns out.
struct RosBehaviour {
  // nvme-tcp-server-allow-host-name takes several names, separated by commas. Otherwise two nodes
  // at once (block RWX) can only be admitted by admitting everybody.
  bool allow_host_is_list = false;
  // A changed allow-host-name drops sessions of hosts that are no longer admitted. Otherwise the
  // export is switched off in between.
  bool allow_host_drops_sessions = false;
};

// Who is admitted: the host NQNs; empty means not exported at all.
struct Fence {
  std::vector<std::string> host_nqns;
};

// The text for RouterOS. It is empty, which admits everybody, for several hosts where only one name
// is allowed: block RWX then is fenced again when one host is left.
std::string AllowHost(const Fence& fence, const RosBehaviour& behaviour);

// Whether two such texts admit the same hosts, in whatever order.
bool SameHosts(std::string_view a, std::string_view b);

// Whether everybody whom `before` admits is admitted by `after` too.
bool NobodyLoses(std::string_view before, std::string_view after);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_FENCE_H_
