// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/impl/service_type.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/status.h"
#include "controller/reconcile.h"
#include "controller/watched_cluster.h"
#include "csi/controller_service.h"
#include "csi/rpc.h"
#include "kubernetes.h"
#include "observe/audit.h"
#include "rds/endpoint.h"
#include "rds/metered_transport.h"
#include "rds/pool_room.h"
#include "rds/volumes.h"
#include "run.h"
#include "serving.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kAfterAFailedRound = absl::Seconds(10);
constexpr absl::Duration kLongestBetweenRounds = absl::Minutes(1);
constexpr int kRoundsUntilStale = 5;
constexpr absl::Duration kTimeForARound = absl::Seconds(30);

void WarnOfInsecurity(const TransportOptions& options) {
  if (!options.any_host_key) return;
  Log(LogLevel::kWarning,
      "INSECURE: --rds-insecure-ssh-host-key is set; whoever answers at --rds-url is believed to "
      "be the RDS and gets our password. Put its host key into the credentials directory instead");
}

// What a listing of all volumes took is kept for the next one, a minute later: to give it back and
// to get it anew is thousands of page faults, and the peak is the same.
void KeepWhatAListingTakes() {
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

// The pod's name, which container runtimes set.
std::string OwnName() {
  const char* const name = std::getenv("HOSTNAME");
  return name == nullptr ? "controller" : name;
}

std::unique_ptr<Cluster> ClusterOf(const Kubernetes& kubernetes,
                                   const ControllerSettings& settings) {
  if (kubernetes.api() == nullptr) return std::make_unique<UnwatchedCluster>(settings.known_nodes);
  return std::make_unique<WatchedCluster>(*kubernetes.api(), settings.serving.driver_name);
}

// One round. Answers how long to wait for the next. A single failure is no news: when the plugin
// starts, what it knows of the cluster is not complete yet.
absl::Duration Reconcile(Reconciler& reconciler, Clock& clock, Metrics& metrics,
                         absl::Duration stale_after, absl::Status& last) {
  const bool failed_before = !last.ok();
  const absl::Time start = clock.Now();
  last = reconciler.Round(start + kTimeForARound);
  metrics.ReconcileEnded(last.code(), clock.Now() - start);
  if (!last.ok() && failed_before) {
    Log(LogLevel::kWarning, "RDS and Kubernetes could not be compared in full",
        {{"error", Message(last)}});
  }
  const absl::Duration longest = last.ok() ? kLongestBetweenRounds : kAfterAFailedRound;
  return std::min(longest, stale_after / kRoundsUntilStale);
}

}  // namespace

absl::Status RunController(const ControllerSettings& settings) {
  KeepWhatAListingTakes();
  WarnOfInsecurity(settings.transport);
  const AuditLog audit({{"driver", settings.serving.driver_name}, {"role", "controller"}},
                       AuditToStandardOutput());
  Metrics metrics(RDS_CSI_VERSION, "controller");
  ASSIGN_OR_RETURN(
      const std::unique_ptr<RosTransport> transport,
      OpenTransport(settings.rds, settings.credentials_dir, settings.transport, audit, metrics));
  RealClock clock;
  MeteredTransport metered(*transport, metrics, clock);
  RdsVolumes volumes(metered, settings.behaviour);
  PoolRoom room;
  KeptListing listing;
  Kubernetes kubernetes(settings.serving, OwnName(), clock, metrics);
  const std::unique_ptr<Cluster> cluster = ClusterOf(kubernetes, settings);
  LogReporter log;
  Reporters reporter({&log, &metrics}, kubernetes.reporters());
  const Controller controller = {.volumes = volumes,
                                 .room = room,
                                 .listing = listing,
                                 .cluster = *cluster,
                                 .reporter = reporter,
                                 .clock = clock,
                                 .config = settings.config};
  Rpcs rpcs(clock, audit, metrics);
  const Readiness readiness(
      [&volumes](absl::Time deadline) { return volumes.CheckVersion(deadline).status(); });
  ASSIGN_OR_RETURN(const std::unique_ptr<MetricsServer> pages,
                   ServeMetrics(settings.serving, metrics, readiness));
  const auto identity = NewIdentityService(rpcs, InfoOf(settings.serving), readiness);
  const auto service = NewControllerService(rpcs, controller, settings.serving.topology);
  Reconciler reconciler(controller, rpcs.locks(), settings.stale_after);
  const Loop reconciling([&, last = absl::OkStatus()](const std::stop_token&) mutable {
    return Reconcile(reconciler, clock, metrics, settings.stale_after, last);
  });
  return ServeUntilStopped(settings.serving, {identity.get(), service.get()});
}

}  // namespace rds_csi
