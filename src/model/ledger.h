// SPDX-License-Identifier: Apache-2.0
// The ledger: who owns a volume and where it is attached, kept on the RDS itself in the disk's
// `comment`, so that it outlives every process of ours (ATT-11). One line, safe inside the quotes
// of a RouterOS console:
//
//   rds-csi:1,c=<cluster id>,v=<volume id>,i=<incarnation>,o=<blank|copy>,g=<generation>
//             [,n=<node id>/<generation>/<s|m>/<since>]…,e=<attachments>
//
// i tells this volume from every other that ever had its name (host_identity.h); it is drawn when
// the volume is made or, if the former driver made it, attached for the first time. g is the
// generation of the newest attachment there ever was, 0 before the first; it only grows. Each n is
// an attachment: node, its generation (1..g), s = single node or m = may share (block RWX), and the
// Unix time in seconds at which it was made. At most two, of different nodes. A ledger has exactly
// one text: no other order, no leading zeros, nothing left out.
#ifndef RDS_CSI_MODEL_LEDGER_H_
#define RDS_CSI_MODEL_LEDGER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "model/host_identity.h"
#include "model/node_id.h"
#include "model/volume_id.h"

namespace rds_csi {

// What the volume held when it was made.
enum class Origin { kBlank, kCopy };

struct Attachment {
  NodeId node;
  int64_t generation = 0;
  bool shared = false;  // made with MULTI_NODE_MULTI_WRITER
  int64_t since_unix_seconds = 0;
  friend bool operator==(const Attachment&, const Attachment&) = default;
};

struct Ledger {
  std::string cluster_id;  // as ParseClusterId answers it
  VolumeId volume;
  std::string incarnation;  // as NewIncarnation answers it
  Origin origin = Origin::kBlank;
  int64_t generation = 0;
  std::vector<Attachment> attachments;  // at most two

  // none when `node` has no attachment.
  std::optional<Attachment> Find(const NodeId& node) const;

  friend bool operator==(const Ledger&, const Ledger&) = default;
};

// As whom the node of `attachment`, which is one of `ledger`, connects.
HostIdentity IdentityOf(const Ledger& ledger, const Attachment& attachment);

// The comment for `ledger`: at most 696 characters of [A-Za-z0-9._:/,=-].
std::string FormatLedger(const Ledger& ledger);

// Whether a comment claims to be a ledger of this driver, of whatever version.
bool IsLedger(std::string_view comment);

// FAILED_PRECONDITION: no ledger at all, one of another version, or one that was damaged (a key
// missing, doubled or unknown, more than two attachments, one node twice, a generation beyond g
// or kLastGeneration, cut off, any other text than FormatLedger makes); the text quotes it and says
// what is wrong. Never guesses: a ledger that cannot be read stops every attach of its volume.
absl::StatusOr<Ledger> ParseLedger(std::string_view comment);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_LEDGER_H_
