// SPDX-License-Identifier: Apache-2.0
#include "controller/room.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "controller/capacity.h"

namespace rds_csi {
namespace {

using Answer = PoolRoom::Answer;

absl::Status NoPool(const std::string& pool) {
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("RDS: nothing is mounted at {}", pool));
}

absl::StatusOr<int64_t> ReadRoom(const Controller& controller, const std::string& pool,
                                 absl::Time deadline) {
  ASSIGN_OR_RETURN(const RdsVolumes::Listing listing, ListEverything(controller, deadline));
  const auto found = std::ranges::find(listing.pools, pool, &Pool::mount_point);
  if (found == listing.pools.end()) return NoPool(pool);
  RETURN_IF_ERROR(CheckPool(*found));
  return RoomOn(*found, listing);
}

}  // namespace

absl::StatusOr<RdsVolumes::Listing> ListEverything(const Controller& controller,
                                                   absl::Time deadline) {
  const PoolRoom::Marks before = controller.room.Mark();
  ASSIGN_OR_RETURN(RdsVolumes::Listing listing,
                   controller.volumes.List(controller.config.cluster_id,
                                           controller.config.base_paths, deadline));
  const absl::Time now = controller.clock.Now();
  for (const Pool& pool : listing.pools) {
    if (!CheckPool(pool).ok()) continue;
    controller.room.Learn(pool.mount_point, RoomOn(pool, listing), before, now);
  }
  return listing;
}

absl::Status TakeRoom(const Controller& controller, const std::string& pool, int64_t bytes,
                      absl::Time deadline) {
  const auto take = [&] { return controller.room.Take(pool, bytes, controller.clock.Now()); };
  if (take() == Answer::kTaken) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t room, ReadRoom(controller, pool, deadline));
  if (take() == Answer::kTaken) return absl::OkStatus();
  return Error(absl::StatusCode::kResourceExhausted,
               fmt::format("RDS: pool {} has room for {} bytes, not for {}", pool, room, bytes));
}

void GiveBackUnlessMade(const Controller& controller, const std::string& pool, int64_t bytes,
                        const absl::Status& status) {
  if (status.ok() || absl::IsDeadlineExceeded(status)) return;
  controller.room.Give(pool, bytes);
}

absl::Status CheckPool(const Pool& pool) {
  if (pool.state.empty() || pool.state.starts_with("clean")) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("RDS: pool {} is not in order: its state is {}", pool.mount_point,
                           Quoted(pool.state)));
}

}  // namespace rds_csi
