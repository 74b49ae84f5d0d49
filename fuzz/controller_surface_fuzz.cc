// SPDX-License-Identifier: Apache-2.0
// Every RPC of the controller, in any order, with requests that are good, nearly good or bad, on an
// RDS that fails and that others meddle with. A line is a step: surface/controller_world.cc has its
// letters; what follows makes it less ordinary (surface/choices.h).
#include "fuzz/fuzz.h"
#include "fuzz/surface/controller_world.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMostSteps = 40;
  surface::ControllerWorld world;
  size_t steps = 0;
  for (const std::string_view line : Lines(Text(data, size))) {
    if (++steps > kMostSteps) break;
    world.Take(surface::Choices(line));
  }
  return 0;
}
