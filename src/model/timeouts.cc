// SPDX-License-Identifier: Apache-2.0
#include "model/timeouts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/status.h"
#include "model/fields.h"

namespace rds_csi {
namespace {

constexpr int32_t kDay = 24 * 60 * 60;

struct Bounds {
  int32_t least;
  int32_t most;
};

absl::Status ReadSeconds(const Fields& fields, const std::string& key, Bounds bounds,
                         TooHigh too_high, int32_t& value) {
  const bool lower = too_high == TooHigh::kLower;
  const int32_t most = lower ? std::numeric_limits<int32_t>::max() : bounds.most;
  RETURN_IF_ERROR(fields.Read(
      key, [&](std::string_view text) { return ParseNumber(text, bounds.least, most); }, value));
  value = std::min(value, bounds.most);
  return absl::OkStatus();
}

absl::Status ReadAnchorSeconds(const Fields& fields, TooHigh too_high,
                               std::optional<int32_t>& value) {
  if (!fields.Has("anchorSeconds")) return absl::OkStatus();
  return ReadSeconds(fields, "anchorSeconds", {0, kDay}, too_high, value.emplace(0));
}

}  // namespace

absl::Status ReadTimeouts(const Fields& fields, TooHigh too_high, ConnectionTimeouts& timeouts,
                          int32_t& migration_seconds) {
  RETURN_IF_ERROR(
      ReadSeconds(fields, "ctrlLossTmo", {-1, kDay}, too_high, timeouts.ctrl_loss_seconds));
  RETURN_IF_ERROR(
      ReadSeconds(fields, "reconnectDelay", {1, kDay}, too_high, timeouts.reconnect_delay_seconds));
  RETURN_IF_ERROR(
      ReadSeconds(fields, "keepAliveTmo", {0, kDay}, too_high, timeouts.keep_alive_seconds));
  RETURN_IF_ERROR(ReadAnchorSeconds(fields, too_high, timeouts.anchor_seconds));
  return ReadSeconds(fields, "migrationTimeoutSeconds", {30, 3600}, too_high, migration_seconds);
}

void WriteTimeouts(const ConnectionTimeouts& timeouts, int32_t migration_seconds,
                   std::map<std::string, std::string>& map) {
  map["ctrlLossTmo"] = fmt::to_string(timeouts.ctrl_loss_seconds);
  map["reconnectDelay"] = fmt::to_string(timeouts.reconnect_delay_seconds);
  map["keepAliveTmo"] = fmt::to_string(timeouts.keep_alive_seconds);
  if (timeouts.anchor_seconds) map["anchorSeconds"] = fmt::to_string(*timeouts.anchor_seconds);
  map["migrationTimeoutSeconds"] = fmt::to_string(migration_seconds);
}

}  // namespace rds_csi
