// SPDX-License-Identifier: Apache-2.0
#include "observe/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "observe/metric_table.h"

namespace rds_csi {
namespace {

using Values = std::vector<std::string>;  // of the labels, in the table's order
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::MetricFamily;

// From a probe of the state of things to a format of a large volume.
const Histogram::BucketBoundaries& RpcSeconds() {
  static const auto* const kBounds = new Histogram::BucketBoundaries{
      0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
  return *kBounds;
}

const Histogram::BucketBoundaries& RdsSeconds() {
  static const auto* const kBounds = new Histogram::BucketBoundaries{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
  return *kBounds;
}

template <typename Kind>
prometheus::Family<Kind>& Register(prometheus::Registry& registry, Metric metric) {
  const MetricAbout& about = About(metric);
  return prometheus::detail::Builder<Kind>()
      .Name(std::string(about.name))
      .Help(std::string(about.help))
      .Register(registry);
}

prometheus::Labels LabelsOf(Metric metric, const Values& values) {
  const MetricAbout& about = About(metric);
  prometheus::Labels labels;
  for (size_t i = 0; i < about.labels.size(); ++i) {
    labels.emplace(about.labels[i], values.at(i));
  }
  return labels;
}

// A family of states as they are now.
class Snapshot {
 public:
  explicit Snapshot(Metric metric) : about_(About(metric)) {
    family_.name = about_.name;
    family_.help = about_.help;
    family_.type = about_.kind == MetricKind::kCounter ? prometheus::MetricType::Counter
                                                       : prometheus::MetricType::Gauge;
  }

  Snapshot& Put(double value, const Values& values = {}) {
    prometheus::ClientMetric metric;
    for (size_t i = 0; i < about_.labels.size(); ++i) {
      metric.label.push_back({std::string(about_.labels[i]), values.at(i)});
    }
    metric.counter.value = value;
    metric.gauge.value = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }

  MetricFamily Take() { return std::move(family_); }

 private:
  const MetricAbout& about_;
  MetricFamily family_;
};

// Every one of `all` has a series, also when nothing is in that state.
template <typename State>
MetricFamily CountBy(Metric metric, const std::vector<State>& all,
                     const std::vector<StagedState>& staged, State StagedState::* state) {
  Snapshot snapshot(metric);
  for (const State each : all) {
    snapshot.Put(static_cast<double>(std::ranges::count(staged, each, state)),
                 {std::string(NameOf(each))});
  }
  return snapshot.Take();
}

// The ones that somebody has to look at come first.
MetricFamily StateOfEach(std::vector<StagedState> staged) {
  const auto urgency = [](const StagedState& state) {
    return std::pair(-static_cast<int>(state.link), std::string_view(state.volume_id));
  };
  std::ranges::sort(staged, {}, urgency);
  Snapshot snapshot(Metric::kNvmeConnectionState);
  const size_t shown = std::min(staged.size(), Metrics::kMostVolumesShown);
  for (size_t i = 0; i < shown; ++i) {
    snapshot.Put(1, {staged[i].volume_id, std::string(NameOf(staged[i].link))});
  }
  return snapshot.Take();
}

std::vector<MetricFamily> FamiliesOf(const std::vector<StagedState>& staged) {
  const size_t shown = std::min(staged.size(), Metrics::kMostVolumesShown);
  const auto quarantined = std::ranges::count(staged, true, &StagedState::quarantined);
  return {CountBy(Metric::kNvmeConnections, AllLinkStates(), staged, &StagedState::link),
          StateOfEach(staged),
          Snapshot(Metric::kNvmeConnectionsOmitted)
              .Put(static_cast<double>(staged.size() - shown))
              .Take(),
          CountBy(Metric::kStagedVolumes, AllSurvivals(), staged, &StagedState::survives_by),
          Snapshot(Metric::kQuarantinedVolumes).Put(static_cast<double>(quarantined)).Take()};
}

std::string_view NameOf(LoginOutcome outcome) {
  switch (outcome) {
    case LoginOutcome::kAccepted:
      return "accepted";
    case LoginOutcome::kRefused:
      return "refused";
    case LoginOutcome::kUntrusted:
      return "untrusted";
  }
  return "refused";
}

}  // namespace

struct Metrics::Families {
  template <typename Kind>
  struct Family {
    Family(prometheus::Registry& registry, Metric which)
        : metric(which), series(Register<Kind>(registry, which)) {}
    template <typename... Bounds>
    Kind& Of(const Values& values, const Bounds&... bounds) {
      return series.Add(LabelsOf(metric, values), bounds...);
    }
    const Metric metric;
    prometheus::Family<Kind>& series;
  };

  prometheus::Registry registry;
  Family<Gauge> build_info{registry, Metric::kBuildInfo};
  Family<Counter> rpcs{registry, Metric::kRpcs};
  Family<Histogram> rpc_duration{registry, Metric::kRpcDuration};
  Family<Gauge> rpcs_running{registry, Metric::kRpcsRunning};
  Family<Counter> reports{registry, Metric::kReports};
  Family<Counter> rds_commands{registry, Metric::kRdsCommands};
  Family<Histogram> rds_command_duration{registry, Metric::kRdsCommandDuration};
  Family<Counter> rds_logins{registry, Metric::kRdsLogins};
  Family<Histogram> reconcile_duration{registry, Metric::kReconcileDuration};
};

// A count that is not there until its first event makes that event invisible to increase().
Metrics::Metrics(std::string_view version, std::string_view role)
    : families_(std::make_unique<Families>()) {
  families_->build_info.Of({std::string(version), std::string(role)}).Set(1);
  for (const Reason reason : AllReasons()) {
    families_->reports.Of({std::string(NameOf(reason))});
  }
}

Metrics::~Metrics() = default;

void Metrics::Tell(const Report& report) {
  families_->reports.Of({std::string(NameOf(report.reason))}).Increment();
}

void Metrics::RpcBegan(std::string_view method) {
  families_->rpcs_running.Of({std::string(method)}).Increment();
}

void Metrics::RpcEnded(std::string_view method, absl::StatusCode code, absl::Duration duration) {
  const std::string name(method);
  families_->rpcs_running.Of({name}).Decrement();
  families_->rpcs.Of({name, absl::StatusCodeToString(code)}).Increment();
  families_->rpc_duration.Of({name}, RpcSeconds()).Observe(absl::ToDoubleSeconds(duration));
}

void Metrics::RdsCommandEnded(std::string_view menu, std::string_view verb, absl::StatusCode code,
                              absl::Duration duration) {
  const Values command = {std::string(menu), std::string(verb)};
  families_->rds_commands.Of({command[0], command[1], absl::StatusCodeToString(code)}).Increment();
  families_->rds_command_duration.Of(command, RdsSeconds())
      .Observe(absl::ToDoubleSeconds(duration));
}

void Metrics::RdsLogin(std::string_view door, LoginOutcome outcome) {
  families_->rds_logins.Of({std::string(door), std::string(NameOf(outcome))}).Increment();
}

void Metrics::ReconcileEnded(absl::StatusCode code, absl::Duration duration) {
  families_->reconcile_duration.Of({absl::StatusCodeToString(code)}, RpcSeconds())
      .Observe(absl::ToDoubleSeconds(duration));
}

void Metrics::AskReady(std::function<bool()> ready) { ready_ = std::move(ready); }

void Metrics::AskEventsDropped(std::function<uint64_t()> dropped) {
  events_dropped_ = std::move(dropped);
}

void Metrics::AskStaged(std::function<std::vector<StagedState>()> staged) {
  staged_ = std::move(staged);
}

std::string Metrics::Text() const {
  std::vector<MetricFamily> families = families_->registry.Collect();
  if (ready_) families.push_back(Snapshot(Metric::kReady).Put(ready_() ? 1 : 0).Take());
  if (events_dropped_) {
    families.push_back(
        Snapshot(Metric::kEventsDropped).Put(static_cast<double>(events_dropped_())).Take());
  }
  if (staged_) std::ranges::move(FamiliesOf(staged_()), std::back_inserter(families));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace rds_csi
