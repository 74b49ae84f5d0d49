// SPDX-License-Identifier: Apache-2.0
#include "events.h"

#include "world.h"

namespace rds_csi::world::crash {
void Happen(World& world, const Step& event) {
  Site& site = world.site();
  Machine& machine = site.machine(event.worker);
  const auto number = static_cast<size_t>(event.worker - 1);
  switch (event.verb) {
    case Verb::kWrite:
      if (world.claim().block()) return;  // machines write past the page cache
      return machine.host().WriteUnsynced(world.claim().id.Nqn());
    case Verb::kOpen:
      site.SetOpen(event.worker, true);
      return site.Protect(event.worker);
    case Verb::kClose:
      return site.SetOpen(event.worker, false);
    case Verb::kUnplug:
      return site.network().Unplug(number);
    case Verb::kPlug:
      return site.network().Plug(number);
    case Verb::kGiveUp:
      return machine.host().LoseConnection(world.claim().id.Nqn());
    case Verb::kRemoveNode:
      world.claim().let_go.insert(event.worker);
      site.cluster().gone.insert(machine.name());
      return;
    case Verb::kAddNode:
      site.cluster().gone.erase(machine.name());
      return;
    default:
      return machine.host().clock().Advance(absl::Minutes(15));
  }
}

}  // namespace rds_csi::world::crash
