// SPDX-License-Identifier: Apache-2.0
// The two string maps that travel through Kubernetes between our controller and our nodes. Their
// keys are written and read here and nowhere else.
//
//   volume context   made by CreateVolume, kept in the PersistentVolume for life (VOL-4)
//   publish context  made by ControllerPublishVolume for one attachment (ATT-8, ATT-12)
#ifndef RDS_CSI_MODEL_CONTEXTS_H_
#define RDS_CSI_MODEL_CONTEXTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "model/access.h"
#include "model/address.h"
#include "model/host_identity.h"
#include "model/storage_class.h"
#include "model/volume_id.h"

namespace rds_csi {

// Keys: rdsAddress nvmeAddress nvmePort nqn volumePath ctrlLossTmo reconnectDelay keepAliveTmo
// migrationTimeoutSeconds, as the former driver wrote them, then fsType, anchorSeconds and what
// StorageClass::passed_on holds.
// What is empty (or a port of 0) is not written.
struct VolumeContext {
  std::string rds_address;
  HostPort nvme;
  std::string volume_path;
  std::string fs_type;
  ConnectionTimeouts timeouts;
  int32_t migration_timeout_seconds = 300;
  StringMap passed_on;
  friend bool operator==(const VolumeContext&, const VolumeContext&) = default;
};

StringMap FormatVolumeContext(const VolumeId& volume, const VolumeContext& context);

// What is missing gets its default, an empty nvme.host and kDefaultNvmePort; keys that are none of
// ours are left alone (Kubernetes adds its own). A PersistentVolume cannot be edited, so what the
// former driver accepted must go on working: times beyond the highest that makes sense are lowered
// to it, and a volumePath may end in "/".
// INVALID_ARGUMENT naming the key: malformed, or an `nqn` that is not this volume's.
absl::StatusOr<VolumeContext> ParseVolumeContext(const VolumeId& volume, const StringMap& map);

// Whether mkfs may ever run on the volume. A restored or cloned volume holds data by definition.
enum class Formatting { kAllowed, kNever };

// Keys: nvme_address nvme_port nvme_nqn fs_type host_nqn host_id generation formatting. The former
// driver wrote the first four only; so it is while a volume stays as it attached it.
struct PublishContext {
  HostPort nvme;
  std::string fs_type;
  HostIdentity host;
  int64_t generation = 0;  // 0: as the former driver attached it, and then there is no host
  Formatting formatting = Formatting::kAllowed;
  friend bool operator==(const PublishContext&, const PublishContext&) = default;
};

StringMap FormatPublishContext(const VolumeId& volume, const PublishContext& context);

// What a node needs to connect, key by key: the publish context first, then the volume context
// (ATT-8), then the default. Where neither has an nvmeAddress, it is the rdsAddress.
struct ConnectionTarget {
  HostPort address;
  std::string nqn;
  std::optional<HostIdentity> host;  // none: attached by the former driver
  int64_t generation = 0;            // 0: likewise
  ConnectionTimeouts timeouts;
  std::string fs_type;  // of the contexts; may be empty
  Formatting formatting = Formatting::kAllowed;
};

// INVALID_ARGUMENT naming the key: malformed in either context, an NQN that is not this volume's,
// no address in either context, or only some of host_nqn, host_id, generation and formatting: half
// an identity would connect as somebody else, and a lost `formatting` could allow what was
// forbidden.
absl::StatusOr<ConnectionTarget> ParseContexts(const VolumeId& volume,
                                               const StringMap& publish_context,
                                               const StringMap& volume_context);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_CONTEXTS_H_
