// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_LIST_H_
#define RDS_CSI_CONTROLLER_LIST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/abnormality.h"
#include "controller/controller.h"

namespace rds_csi {

struct ListedVolume {
  VolumeId id;
  int64_t capacity_bytes = 0;
  std::vector<std::string> published_nodes;
  std::optional<Abnormality> abnormal;
};

struct ListPage {
  std::vector<ListedVolume> volumes;  // in the order of their ids
  std::string next_token;             // empty after the last page
  // Disks that claim to be volumes but cannot be told as such: slot and reason, to be logged.
  std::vector<std::string> unreadable;
};

enum class Listed { kAll, kAbnormal };

// A page of at most `max_entries` volumes (0: all), starting behind `token`. A token names the last
// id of the page before, so it stays valid while volumes come and go: nothing that stays is missed
// or told twice. One round trip for all pages that are asked for soon after the first. ABORTED:
// `token` is none of ours (CSI: bad starting_token).
absl::StatusOr<ListPage> ListVolumes(const Controller& controller, Listed which,
                                     int32_t max_entries, std::string_view token,
                                     absl::Time deadline);

// One volume. One round trip. NOT_FOUND.
absl::StatusOr<ListedVolume> GetVolume(const Controller& controller, const VolumeId& id,
                                       absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_LIST_H_
