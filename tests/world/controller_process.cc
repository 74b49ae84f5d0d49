// SPDX-License-Identifier: Apache-2.0
#include "controller_process.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports.h"

namespace rds_csi::world {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(30);  // of the reconciler

const ControllerConfig& Config() {
  static const ControllerConfig config = {.cluster_id = "cluster",
                                          .base_paths = {"/storage-pool/csi"},
                                          .rds_address = "rds",
                                          .nvme = {"10.0.0.1", 4420}};
  return config;
}

// Not random, so that a story can be told again; another one for each disk that was ever made.
std::string NextIncarnation(const FakeRouterOs& rds) {
  const auto made = std::ranges::count_if(
      rds.journal, [](const std::string& line) { return line.starts_with("add "); });
  return fmt::format("{:0{}x}", made, kIncarnationDigits);
}

}  // namespace

ControllerProcess::ControllerProcess(FakeRouterOs& rds, RosBehaviour behaviour, Cluster& cluster,
                                     Clock& clock)
    : cluster_(cluster),
      clock_(clock),
      volumes_(rds, behaviour, [&rds] { return NextIncarnation(rds); }),
      reconciler_(controller(), locks_, kGrace) {}

Controller ControllerProcess::controller() {
  return {volumes_, room_, listing_, cluster_, NoReports(), clock_, Config()};
}

}  // namespace rds_csi::world
