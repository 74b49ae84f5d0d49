// SPDX-License-Identifier: Apache-2.0
#include "controller/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "controller/ownership.h"
#include "controller/room.h"

namespace rds_csi {
namespace {

ListedVolume ToListed(const Controller& controller, const Volume& volume) {
  ListedVolume listed{
      volume.id, volume.disk.size_bytes, {}, FindAbnormality(controller.volumes, volume)};
  if (volume.ledger) {
    for (const Attachment& attachment : volume.ledger->attachments) {
      listed.published_nodes.push_back(attachment.node.str());
    }
  }
  return listed;
}

constexpr std::string_view kTokenPrefix = "after:";

// The id that the page before ended with; none for the first page.
absl::StatusOr<std::optional<VolumeId>> ParseToken(std::string_view token) {
  if (token.empty()) return std::nullopt;
  if (token.starts_with(kTokenPrefix)) {
    absl::StatusOr<VolumeId> id = VolumeId::Parse(token.substr(kTokenPrefix.size()));
    if (id.ok()) return *std::move(id);
  }
  return Error(absl::StatusCode::kAborted, fmt::format("{} is no starting_token", Quoted(token)));
}

// A first page is of now; the others are of the moment of the first, if that was just now.
absl::StatusOr<KeptListing::Listing> FindListing(const Controller& controller,
                                                 const std::optional<VolumeId>& last,
                                                 absl::Time deadline) {
  KeptListing::Listing kept = last ? controller.listing.Find(controller.clock.Now()) : nullptr;
  if (kept != nullptr) return kept;
  ASSIGN_OR_RETURN(RdsVolumes::Listing listing, ListEverything(controller, deadline));
  return std::make_shared<const RdsVolumes::Listing>(std::move(listing));
}

ListPage PageOf(const Controller& controller, const RdsVolumes::Listing& listing, Listed which,
                int32_t max_entries, const std::optional<VolumeId>& last) {
  const auto& all = listing.volumes;
  ListPage page;
  page.unreadable = listing.unreadable;
  auto volume = last ? std::ranges::upper_bound(all, *last, {}, &Volume::id) : all.begin();
  for (; volume != all.end(); ++volume) {
    ListedVolume listed = ToListed(controller, *volume);
    if (which == Listed::kAbnormal && !listed.abnormal) continue;
    if (max_entries > 0 && page.volumes.size() == static_cast<size_t>(max_entries)) {
      page.next_token = fmt::format("{}{}", kTokenPrefix, page.volumes.back().id.str());
      break;
    }
    page.volumes.push_back(std::move(listed));
  }
  return page;
}

}  // namespace

absl::StatusOr<ListPage> ListVolumes(const Controller& controller, Listed which,
                                     int32_t max_entries, std::string_view token,
                                     absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<VolumeId> last, ParseToken(token));
  ASSIGN_OR_RETURN(const KeptListing::Listing listing, FindListing(controller, last, deadline));
  ListPage page = PageOf(controller, *listing, which, max_entries, last);
  if (page.next_token.empty()) {
    controller.listing.Forget();
  } else if (!last) {
    controller.listing.Keep(listing, controller.clock.Now());
  }
  return page;
}

absl::StatusOr<ListedVolume> GetVolume(const Controller& controller, const VolumeId& id,
                                       absl::Time deadline) {
  ASSIGN_OR_RETURN(const Volume volume, GetOwned(controller, id, deadline));
  return ToListed(controller, volume);
}

}  // namespace rds_csi
