// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/rpc.h"

#include <algorithm>

#include "fuzz/fuzz.h"

namespace rds_csi::surface {

void RequireAll(const std::vector<Rpc>& rpcs, const std::string& service) {
  const auto& type =
      *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  for (int i = 0; i < type.method_count(); ++i) {
    const bool there = std::ranges::any_of(
        rpcs, [&](const Rpc& rpc) { return rpc.method == type.method(i)->name(); });
    Require(there, "every RPC of the service is in the table of the target");
  }
}

}  // namespace rds_csi::surface
