// SPDX-License-Identifier: Apache-2.0
#include "node/vol_data.h"

#include <nlohmann/json.hpp>

namespace rds_csi {

std::optional<std::string> VolumeHandleIn(std::string_view vol_data) {
  const auto json = nlohmann::json::parse(vol_data, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto handle = json.find("volumeHandle");
  if (handle == json.end() || !handle->is_string()) return std::nullopt;
  return handle->get<std::string>();
}

}  // namespace rds_csi
