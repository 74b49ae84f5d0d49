// SPDX-License-Identifier: Apache-2.0
// Every RPC of the node and of Identity, in any order, with requests that are good, nearly good or
// bad, on a machine where anything may fail. A line is a step: surface/node_world.cc and
// node_events.cc have its letters; what follows makes it less ordinary (surface/choices.h).
#include "fuzz/fuzz.h"
#include "fuzz/surface/node_world.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMostSteps = 40;
  surface::NodeWorld world;
  size_t steps = 0;
  for (const std::string_view line : Lines(Text(data, size))) {
    if (++steps > kMostSteps) break;
    world.Take(surface::Choices(line));
  }
  return 0;
}
