// SPDX-License-Identifier: Apache-2.0
// The parameters of a StorageClass (VOL-3): parsed once, at the wall, into one struct.
#ifndef RDS_CSI_MODEL_STORAGE_CLASS_H_
#define RDS_CSI_MODEL_STORAGE_CLASS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "model/timeouts.h"

namespace rds_csi {

using StringMap = std::map<std::string, std::string>;

struct StorageClass {
  std::string volume_path;   // directory on the RDS for the volume's file
  std::string nvme_address;  // where the nodes connect to; empty: the controller's default
  uint16_t nvme_port = 0;    // 0: the controller's default
  std::string fs_type;       // empty: ext4
  ConnectionTimeouts timeouts;
  int32_t migration_timeout_seconds = 300;  // 30..3600
  StringMap passed_on;                      // see PassedOnKeys
};

// `base_paths`: the directories volumes may live under; a volumePath must be one of them or below
// one, and the first is the default.
// INVALID_ARGUMENT naming the key: unknown, malformed (an empty value too) or out of range, or
// fsType and csi.storage.k8s.io/fstype that differ.
absl::StatusOr<StorageClass> ParseStorageClass(const StringMap& parameters,
                                               const std::vector<std::string>& base_paths);

// A directory on the RDS: /pool or /pool/dir/…, each part [A-Za-z0-9][A-Za-z0-9._-]*, at most 200
// characters. INVALID_ARGUMENT naming the offending text.
absl::StatusOr<std::string> ParseRdsDirectory(std::string_view text);

// What the provisioner adds with --extra-create-metadata and the volume context carries on:
// csi.storage.k8s.io/pvc/name, csi.storage.k8s.io/pvc/namespace, csi.storage.k8s.io/pv/name.
const std::vector<std::string>& PassedOnKeys();

// Those of them that `fields` has. INVALID_ARGUMENT naming the key: not a Kubernetes name.
absl::Status ReadPassedOn(const Fields& fields, StringMap& passed_on);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_STORAGE_CLASS_H_
