// SPDX-License-Identifier: Apache-2.0
// What Prometheus reads (MET-1). Counts are kept here; what is a state is asked for at every
// scrape, so that nothing has to be told twice and a series ends with what it is about.
#ifndef RDS_CSI_OBSERVE_METRICS_H_
#define RDS_CSI_OBSERVE_METRICS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "observe/report.h"
#include "observe/staged_state.h"

namespace rds_csi {

// How a new connection to the RDS ended.
enum class LoginOutcome {
  kAccepted,
  kRefused,    // it took neither our key nor our password
  kUntrusted,  // it is not the RDS that was pinned; nothing of ours was shown to it
};

// Used by many threads at once. Nothing here blocks or fails.
class Metrics final : public Reporter {
 public:
  // So many volumes have a series of their own; a node has fewer.
  static constexpr size_t kMostVolumesShown = 1000;

  // `role`: "controller" or "node".
  Metrics(std::string_view version, std::string_view role);
  ~Metrics() override;

  // Counts by reason.
  void Tell(const Report& report) override;

  // `method`: the name of a CSI call, not text from outside.
  void RpcBegan(std::string_view method);
  void RpcEnded(std::string_view method, absl::StatusCode code, absl::Duration duration);

  // `menu` and `verb`: of our own commands ("/disk", "set").
  void RdsCommandEnded(std::string_view menu, std::string_view verb, absl::StatusCode code,
                       absl::Duration duration);

  // One comparison of RDS and Kubernetes.
  void ReconcileEnded(absl::StatusCode code, absl::Duration duration);

  // `door`: "rest" or "ssh".
  void RdsLogin(std::string_view door, LoginOutcome outcome);

  // Sources of states. Each is set before the first Text(), asked by it from the scraping thread,
  // must not block, and is valid for as long as Text() may be called. Without its source a metric
  // has no series.
  void AskReady(std::function<bool()> ready);
  void AskEventsDropped(std::function<uint64_t()> dropped);
  void AskStaged(std::function<std::vector<StagedState>()> staged);

  // Everything in Prometheus' text format (version 0.0.4).
  std::string Text() const;

 private:
  struct Families;
  const std::unique_ptr<Families> families_;
  std::function<bool()> ready_;
  std::function<uint64_t()> events_dropped_;
  std::function<std::vector<StagedState>()> staged_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_METRICS_H_
