// SPDX-License-Identifier: Apache-2.0
#include "controller/create.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "controller/ownership.h"
#include "controller/room.h"

namespace rds_csi {
namespace {

VolumeContext ContextOf(const Controller& controller, const CreateRequest& request,
                        const Volume& volume) {
  const StorageClass& wanted = request.storage_class;
  HostPort nvme = controller.config.nvme;
  if (!wanted.nvme_address.empty()) nvme.host = wanted.nvme_address;
  if (volume.disk.port != 0) nvme.port = volume.disk.port;
  return {
      .rds_address = controller.config.rds_address,
      .nvme = nvme,
      .volume_path = volume.disk.file_path,
      .fs_type = wanted.fs_type,
      .timeouts = wanted.timeouts,
      .migration_timeout_seconds = wanted.migration_timeout_seconds,
      .passed_on = wanted.passed_on,
  };
}

// mkfs.xfs refuses what is smaller than kMinimumXfsSize: better said now than when a pod starts.
int64_t MinimumSize(const CreateRequest& request) {
  const std::string_view xfs = NameOf(FsType::kXfs);
  const bool is_xfs = request.storage_class.fs_type == xfs ||
                      std::ranges::any_of(request.capabilities, [&](const Capability& capability) {
                        return capability.fs_type == xfs;
                      });
  return is_xfs ? kMinimumXfsSize : kMinimumSize;
}

CreatedVolume Answer(const Controller& controller, const CreateRequest& request,
                     const Volume& volume) {
  return {volume.disk.size_bytes,
          FormatVolumeContext(volume.id, ContextOf(controller, request, volume))};
}

// The volume of an earlier call, if it is what this call asks for.
absl::StatusOr<CreatedVolume> AcceptExisting(const Controller& controller,
                                             const CreateRequest& request, const Volume& volume) {
  const absl::Status owner = CheckOwner(controller, volume);
  if (!owner.ok()) return Error(absl::StatusCode::kAlreadyExists, Message(owner));
  if (Satisfies(volume.disk.size_bytes, request.range)) return Answer(controller, request, volume);
  return Error(absl::StatusCode::kAlreadyExists,
               fmt::format("volume {} exists with {} bytes, which is not what is asked for",
                           volume.id.str(), volume.disk.size_bytes));
}

NewVolume Wanted(const Controller& controller, const CreateRequest& request, int64_t size_bytes) {
  const uint16_t port = request.storage_class.nvme_port;
  return {
      .id = request.id,
      .directory = request.storage_class.volume_path,
      .size_bytes = size_bytes,
      .port = port != 0 ? port : controller.config.nvme.port,
      .cluster_id = controller.config.cluster_id,
  };
}

// An outcome that nobody knows, or a slot that was taken meanwhile: the RDS is asked once more what
// there is. When that tells nothing, the first error stays.
absl::StatusOr<CreatedVolume> LookAgain(const Controller& controller, const CreateRequest& request,
                                        const absl::Status& error, absl::Time deadline) {
  if (!absl::IsDeadlineExceeded(error) && !absl::IsAlreadyExists(error)) return error;
  const absl::StatusOr<std::optional<Volume>> found = controller.volumes.Find(request.id, deadline);
  if (!found.ok() || !*found) return error;
  return AcceptExisting(controller, request, **found);
}

absl::StatusOr<CreatedVolume> MakeNew(const Controller& controller, const CreateRequest& request,
                                      int64_t size_bytes, absl::Time deadline) {
  const std::string pool = PoolOf(request.storage_class.volume_path);
  RETURN_IF_ERROR(TakeRoom(controller, pool, size_bytes, deadline));
  const absl::StatusOr<Volume> made =
      controller.volumes.Create(Wanted(controller, request, size_bytes), deadline);
  GiveBackUnlessMade(controller, pool, size_bytes, made.status());
  if (!made.ok()) return LookAgain(controller, request, made.status(), deadline);
  return Answer(controller, request, *made);
}

}  // namespace

absl::StatusOr<CreatedVolume> CreateVolume(const Controller& controller,
                                           const CreateRequest& request, absl::Time deadline) {
  ASSIGN_OR_RETURN(const int64_t size_bytes, ChooseSize(request.range, MinimumSize(request)));
  const std::string& directory = request.storage_class.volume_path;
  ASSIGN_OR_RETURN(const RdsVolumes::Found found,
                   controller.volumes.Find(request.id, directory, deadline));
  if (found.volume) return AcceptExisting(controller, request, *found.volume);
  if (!found.pool) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 fmt::format("RDS: nothing is mounted at {}, where {} should lie",
                             PoolOf(directory), directory));
  }
  RETURN_IF_ERROR(CheckPool(*found.pool));
  return MakeNew(controller, request, size_bytes, deadline);
}

}  // namespace rds_csi
