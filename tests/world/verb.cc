// SPDX-License-Identifier: Apache-2.0
#include "verb.h"

#include <iterator>

namespace rds_csi::world {

std::string_view NameOf(Verb verb) {
  static constexpr std::string_view kNames[] = {"CreateVolume",
                                                "ControllerPublishVolume",
                                                "ControllerExpandVolume",
                                                "ControllerUnpublishVolume",
                                                "DeleteVolume",
                                                "NodeStageVolume",
                                                "NodePublishVolume",
                                                "NodeExpandVolume",
                                                "NodeGetVolumeStats",
                                                "NodeGetVolumeHealth",
                                                "NodeUnpublishVolume",
                                                "NodeUnstageVolume",
                                                "start of the plugin",
                                                "keeper",
                                                "reconciler",
                                                "write",
                                                "open",
                                                "close",
                                                "unplug",
                                                "plug",
                                                "connections given up",
                                                "Node object gone",
                                                "Node object there again",
                                                "a quarter of an hour"};
  static_assert(std::size(kNames) == static_cast<size_t>(Verb::kWaitForLong) + 1);
  return kNames[static_cast<size_t>(verb)];
}

bool IsOfNode(Verb verb) { return verb >= Verb::kStage && verb <= Verb::kKeep; }

}  // namespace rds_csi::world
