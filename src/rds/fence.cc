// SPDX-License-Identifier: Apache-2.0
#include "rds/fence.h"

#include <algorithm>

#include "base/text.h"

namespace rds_csi {
namespace {

std::vector<std::string_view> SortedHosts(std::string_view allow_host) {
  std::vector<std::string_view> hosts = Split(allow_host, ',');
  std::sort(hosts.begin(), hosts.end());
  return hosts;
}

}  // namespace

std::string AllowHost(const Fence& fence, const RosBehaviour& behaviour) {
  if (fence.host_nqns.size() > 1 && !behaviour.allow_host_is_list) return "";
  return Join(fence.host_nqns, ",");
}

bool SameHosts(std::string_view a, std::string_view b) { return SortedHosts(a) == SortedHosts(b); }

bool NobodyLoses(std::string_view before, std::string_view after) {
  if (after.empty()) return true;
  if (before.empty()) return false;
  const std::vector<std::string_view> old_hosts = SortedHosts(before);
  const std::vector<std::string_view> new_hosts = SortedHosts(after);
  return std::includes(new_hosts.begin(), new_hosts.end(), old_hosts.begin(), old_hosts.end());
}

}  // namespace rds_csi
