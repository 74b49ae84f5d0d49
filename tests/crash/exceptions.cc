// SPDX-License-Identifier: Apache-2.0
#include "exceptions.h"

#include <algorithm>
#include <string_view>

namespace rds_csi::world::crash {
namespace {

struct Exception {
  std::string_view scenario;  // how its name begins
  Verb verb;
  std::string_view line;  // how the effect's line begins
  std::string_view rule;
};

constexpr Exception kExceptions[] = {
    {"Block", Verb::kUnpublish, "unlink ", "PUB-7: a target that cannot be removed is only logged"},
    {"Migrated", Verb::kUnpublish, "unlink ", "PUB-7"},
    {"InUse", Verb::kUnstage, "openers ",
     "USE-3: a search for users that fails does not stop the disconnect"},
};

}  // namespace

bool IsExcepted(const Scenario& scenario, Verb verb, const Effect& effect,
                Disturbance disturbance) {
  if (disturbance != Disturbance::kFails && disturbance != Disturbance::kTimesOut) return false;
  return std::ranges::any_of(kExceptions, [&](const Exception& exception) {
    return scenario.name.starts_with(exception.scenario) && verb == exception.verb &&
           effect.line.starts_with(exception.line);
  });
}

// A keeper that is cut off when it takes an anchor away, because the patience has run out, leaves
// the rests of it to NodeUnstageVolume.
bool IsLeftToTheEnd(const Scenario& scenario, Verb verb) {
  return scenario.name.starts_with("TakenOver") && verb == Verb::kKeep;
}

}  // namespace rds_csi::world::crash
