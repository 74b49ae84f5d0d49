// SPDX-License-Identifier: Apache-2.0
// What the driver decided or noticed about one volume, told once by whoever knows: from one Report
// come a log line, a count in the metrics (MET-1) and, where Kubernetes should know, an event on
// the PersistentVolumeClaim (EVT-1).
#ifndef RDS_CSI_OBSERVE_REPORT_H_
#define RDS_CSI_OBSERVE_REPORT_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rds_csi {

enum class Reason {
  // Told to Kubernetes as events of these names.
  kVolumeAttached,
  kVolumeDetached,
  kAttachmentConflict,      // refused: attached to another node
  kStaleAttachmentCleared,  // taken from a node that is gone
  kMigrationStarted,
  kMigrationCompleted,
  kMigrationFailed,
  kMountFailure,
  kStaleMountDetected,
  kRecoveryFailed,
  kConnectionFailure,   // the connection to the RDS is lost, or cannot be made
  kConnectionRecovery,  // it is back
  kOrphanDetected,
  kOrphanCleaned,
  // Logged and counted only.
  kStaleMountRecovered,
  kDisagreement,       // RDS, VolumeAttachments and nodes do not agree; nothing was changed
  kFenceSet,           // the RDS was told who may connect
  kSessionsCutOff,     // export off: every connection was dropped
  kAnchorMade,         // the volume now outlives its connection
  kAnchorFailed,       // it does not, and why
  kPatienceExhausted,  // the anchor was taken away: I/O fails from now on
  kQuarantined,        // a program that touches the volume cannot be killed
  kFileLeft,           // a volume's file on the RDS that no disk has; of no volume that is known
};

// All of them, in order.
const std::vector<Reason>& AllReasons();

// "VolumeAttached", "FenceSet" …: as events, log and metrics call it.
std::string_view NameOf(Reason reason);

// Whether it is an event of Kubernetes (EVT-1).
bool IsKubernetesEvent(Reason reason);

// Whether somebody has to look at it.
bool IsWarning(Reason reason);

// The claim that a volume was made for. Empty where it is not known.
struct ClaimName {
  std::string name_space;
  std::string name;
  friend bool operator==(const ClaimName&, const ClaimName&) = default;
};

// The claim that a volume context names (with --extra-create-metadata the provisioner puts it
// there).
ClaimName ClaimIn(const std::map<std::string, std::string>& volume_context);

struct Report {
  Reason reason = Reason::kVolumeAttached;
  std::string volume_id;  // empty: of none
  std::string node_id;    // of the node it is about; may be empty
  ClaimName claim;
  std::string message;  // a sentence for people: what happened and what to do
};

class Reporter {
 public:
  virtual ~Reporter() = default;

  // Never blocks and never fails: what cannot be delivered is dropped and counted. Called from
  // many threads at once.
  virtual void Tell(const Report& report) = 0;
};

// Hands every report to each of `reporters` and of `more`, which outlive this.
class Reporters final : public Reporter {
 public:
  explicit Reporters(std::vector<Reporter*> reporters, const std::vector<Reporter*>& more = {});
  void Tell(const Report& report) override;

 private:
  std::vector<Reporter*> reporters_;
};

// One log line a report: a warning where IsWarning says so.
class LogReporter final : public Reporter {
 public:
  void Tell(const Report& report) override;
};

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_REPORT_H_
