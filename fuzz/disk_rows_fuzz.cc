// SPDX-License-Identifier: Apache-2.0
// Rows of /disk as volumes: lines are rows, written "property=value|property=value".
#include "fuzz/fuzz.h"
#include "rds/volume_rows.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<RosRecord> rows;
  for (const std::string_view line : Lines(Text(data, size))) rows.push_back(Map(line));
  const RdsVolumes::Listing listing = SortOut(rows, "cluster", {"/storage-pool/csi"});
  Require(listing.volumes.size() + listing.pools.size() <= rows.size(), "a row is one thing");
  for (size_t i = 0; i < listing.volumes.size(); ++i) {
    const Volume& volume = listing.volumes[i];
    Require(i == 0 || listing.volumes[i - 1].id < volume.id, "every volume is told once, in order");
    Require(volume.disk.slot == volume.id.Slot() || volume.disk.slot == volume.id.str(),
            "a volume is in its own slot");
    Require(!volume.ledger || volume.ledger->volume == volume.id, "a ledger is its volume's");
    const auto found = FindIn(rows, volume.id, std::nullopt);
    Require(!found.ok() || found->volume.has_value(), "what is listed is found");
  }
  return 0;
}
