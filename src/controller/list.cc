// SPDX-License-Identifier: Apache-2.0
#include "controller/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "controller/admit.h"
#include "controller/ownership.h"

namespace rds_csi {
namespace {

// Where RDS and ledger do not agree; empty when they do. A volume without ledger has nothing to
// agree with.
std::string AbnormalityOf(const Controller& controller, const Volume& volume) {
  if (!volume.ledger || controller.volumes.Shows(volume, FenceOf(*volume.ledger))) return "";
  if (volume.ledger->attachments.empty()) return "it is exported although it is not attached";
  if (!volume.disk.exported) return "it is attached but not exported";
  return fmt::format("it is attached, but its export admits {}", Quoted(volume.disk.allow_host));
}

ListedVolume Listed(const Controller& controller, const Volume& volume) {
  ListedVolume listed{volume.id, volume.disk.size_bytes, {}, AbnormalityOf(controller, volume)};
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

}  // namespace

absl::StatusOr<ListPage> ListVolumes(const Controller& controller, int32_t max_entries,
                                     std::string_view token, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<VolumeId> last, ParseToken(token));
  ASSIGN_OR_RETURN(RdsVolumes::Listing listing,
                   controller.volumes.List(controller.config.cluster_id,
                                           controller.config.base_paths, deadline));
  const std::vector<Volume>& all = listing.volumes;
  const auto first = std::find_if(all.begin(), all.end(),
                                  [&](const Volume& volume) { return !last || *last < volume.id; });
  const auto left = static_cast<size_t>(all.end() - first);
  const size_t count = max_entries > 0 ? std::min(left, static_cast<size_t>(max_entries)) : left;
  ListPage page;
  for (size_t i = 0; i < count; ++i) {
    page.volumes.push_back(Listed(controller, first[static_cast<std::ptrdiff_t>(i)]));
  }
  if (count < left) {
    page.next_token = fmt::format("{}{}", kTokenPrefix, page.volumes.back().id.str());
  }
  page.unreadable = std::move(listing.unreadable);
  return page;
}

absl::StatusOr<ListedVolume> GetVolume(const Controller& controller, const VolumeId& id,
                                       absl::Time deadline) {
  ASSIGN_OR_RETURN(const Volume volume, GetOwned(controller, id, deadline));
  return Listed(controller, volume);
}

}  // namespace rds_csi
