// SPDX-License-Identifier: Apache-2.0
#include "events.h"

#include "nvme/subsystem.h"
#include "world.h"

namespace rds_csi::crash {
namespace {

void Open(World& world, Machine& machine) {
  const auto device = FindNamespace(machine.host().host().files, world.id().Nqn());
  if (!device.ok() || !*device) return;
  machine.host().AddOpener((*device)->number, "process 4711 backup");
  world.is_open = true;
}

}  // namespace

void Happen(World& world, const Step& event) {
  Machine& machine = world.machine(event.worker);
  const auto number = static_cast<size_t>(event.worker - 1);
  switch (event.verb) {
    case Verb::kWrite:
      if (world.scenario().block()) return;  // machines write past the page cache
      return machine.host().WriteUnsynced(world.id().Nqn());
    case Verb::kOpen:
      return Open(world, machine);
    case Verb::kClose:
      world.is_open = false;
      return machine.host().RemoveOpeners();
    case Verb::kUnplug:
      return world.network().Unplug(number);
    case Verb::kPlug:
      return world.network().Plug(number);
    case Verb::kGiveUp:
      return machine.host().LoseConnection(world.id().Nqn());
    case Verb::kRemoveNode:
      world.cluster().gone.insert(machine.name());
      return;
    case Verb::kAddNode:
      world.cluster().gone.erase(machine.name());
      return;
    default:
      return machine.host().clock().Advance(absl::Minutes(15));
  }
}

}  // namespace rds_csi::crash
