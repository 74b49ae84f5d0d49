// SPDX-License-Identifier: Apache-2.0
#include "controller/watched_cluster.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "model/contexts.h"

namespace rds_csi {
namespace {

// Members of objects that nobody here reads, and that are most of their size.
FollowOptions Sparing() {
  FollowOptions options;
  options.list.leave_out = {"managedFields", "annotations", "images"};
  options.watch.leave_out = options.list.leave_out;
  return options;
}

absl::Duration MigrationTimeout(const VolumeId& volume, const StringMap& attributes) {
  const absl::StatusOr<VolumeContext> context = ParseVolumeContext(volume, attributes);
  if (!context.ok()) return kDefaultMigrationTimeout;
  return absl::Seconds(context->migration_timeout_seconds);
}

absl::Status CheckKnown(const Freshness& freshness, std::string_view what) {
  if (freshness.complete) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("the {} of the cluster are not known yet: {}", what,
                  freshness.error.ok() ? "they are being listed" : Message(freshness.error)));
}

// An answer that cannot be read or is refused says nothing about what was asked (ATT-6).
absl::Status Unknown(const absl::Status& status) { return absl::UnavailableError(Message(status)); }

}  // namespace

WatchedCluster::WatchedCluster(const KubeApi& api, const std::string& driver)
    : api_(api),
      driver_(driver),
      nodes_(
          api, kNodes, [](const Json&) { return std::optional<Present>(Present()); }, Sparing()),
      volumes_(
          api, kPersistentVolumes,
          [driver](const Json& object) { return ReadVolume(driver, object); }, Sparing()),
      attachments_(
          api, kVolumeAttachments,
          [driver](const Json& object) { return ReadAttachment(driver, object); }, Sparing()) {}

absl::StatusOr<bool> WatchedCluster::HasNode(const NodeId& node, absl::Time deadline) {
  const ObjectName name = {"", node.str()};
  if (nodes_.Find(name)) return true;
  const absl::Status found = api_.Get(kNodes, name, {.deadline = deadline}).status();
  if (found.ok()) return true;
  if (absl::IsNotFound(found)) return false;
  return Unknown(found);
}

absl::StatusOr<Cluster::Wanted> WatchedCluster::AllWanted(absl::Time) {
  RETURN_IF_ERROR(CheckKnown(volumes_.Fresh(), "PersistentVolumes"));
  RETURN_IF_ERROR(CheckKnown(attachments_.Fresh(), "VolumeAttachments"));
  std::vector<WantedAttachment> wanted;
  for (const KnownAttachment& attachment : attachments_.All()) {
    wanted.push_back(Combine(attachment, attachment.volume_name
                                             ? volumes_.Find({"", *attachment.volume_name})
                                             : std::nullopt));
  }
  return Wanted(std::move(wanted));
}

absl::StatusOr<Cluster::Claimed> WatchedCluster::AllClaimed(absl::Time) {
  RETURN_IF_ERROR(CheckKnown(volumes_.Fresh(), "PersistentVolumes"));
  std::set<VolumeId> claimed;
  for (const KnownVolume& volume : volumes_.All()) claimed.insert(volume.id);
  return Claimed(std::move(claimed));
}

absl::StatusOr<Cluster::Wanted> WatchedCluster::WantedOf(const VolumeId& volume,
                                                         absl::Time deadline) {
  absl::StatusOr<std::vector<KnownAttachment>> attachments = ListAttachments(deadline);
  if (!attachments.ok()) return Unknown(attachments.status());
  std::vector<WantedAttachment> wanted;
  for (const KnownAttachment& attachment : *attachments) {
    std::optional<KnownVolume> of;
    if (attachment.volume_name) {
      ASSIGN_OR_RETURN(of, GetVolume(*attachment.volume_name, deadline));
    }
    if (!of || of->id == volume) wanted.push_back(Combine(attachment, of));
  }
  return Wanted(std::move(wanted));
}

absl::StatusOr<std::vector<WatchedCluster::KnownAttachment>> WatchedCluster::ListAttachments(
    absl::Time deadline) const {
  std::vector<KnownAttachment> all;
  const ListSink sink = {.start_over = [&] { all.clear(); },
                         .take = [&](const Json& object) -> absl::Status {
                           ASSIGN_OR_RETURN(std::optional<KnownAttachment> attachment,
                                            ReadAttachment(driver_, object));
                           if (attachment) all.push_back(*std::move(attachment));
                           return absl::OkStatus();
                         }};
  RETURN_IF_ERROR(
      api_.List(kVolumeAttachments, "", Sparing().list, sink, {.deadline = deadline}).status());
  return all;
}

// What a PersistentVolume says of its volume never changes, so the cache is as good as the truth.
absl::StatusOr<std::optional<WatchedCluster::KnownVolume>> WatchedCluster::GetVolume(
    const std::string& name, absl::Time deadline) const {
  if (std::optional<KnownVolume> known = volumes_.Find({"", name})) return known;
  const absl::StatusOr<Json> object =
      api_.Get(kPersistentVolumes, {"", name}, {.deadline = deadline});
  if (absl::IsNotFound(object.status())) return std::nullopt;
  if (!object.ok()) return Unknown(object.status());
  return ReadVolume(driver_, *object);
}

absl::StatusOr<std::optional<WatchedCluster::KnownVolume>> WatchedCluster::ReadVolume(
    const std::string& driver, const Json& object) {
  ASSIGN_OR_RETURN(const PersistentVolume volume, ReadPersistentVolume(object));
  if (!volume.csi || volume.csi->driver != driver) return std::nullopt;
  const absl::StatusOr<VolumeId> id = VolumeId::Parse(volume.csi->volume_handle);
  if (!id.ok()) return std::nullopt;  // then it is no volume that this driver can have made
  return KnownVolume{*id, MigrationTimeout(*id, volume.csi->attributes)};
}

absl::StatusOr<std::optional<WatchedCluster::KnownAttachment>> WatchedCluster::ReadAttachment(
    const std::string& driver, const Json& object) {
  ASSIGN_OR_RETURN(const VolumeAttachment attachment, ReadVolumeAttachment(object));
  if (attachment.attacher != driver) return std::nullopt;
  ASSIGN_OR_RETURN(const NodeId node, NodeId::Parse(attachment.node));
  return KnownAttachment{attachment.volume_name, node, attachment.attached};
}

WantedAttachment WatchedCluster::Combine(const KnownAttachment& attachment,
                                         const std::optional<KnownVolume>& volume) {
  WantedAttachment wanted = {
      .volume = std::nullopt, .node = attachment.node, .attached = attachment.attached};
  if (volume) {
    wanted.volume = volume->id;
    wanted.migration_timeout = volume->migration_timeout;
  }
  return wanted;
}

}  // namespace rds_csi
