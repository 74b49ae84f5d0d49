// SPDX-License-Identifier: Apache-2.0
// Numbers, sizes, ids, pools and addresses as rds-sim takes them.
#include <limits>

#include "fuzz/fuzz.h"
#include "sim/base/units.h"
#include "sim/net/address.h"
#include "sim/router/record.h"
#include "sim/router/router.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const auto number = sim::ParseNumber(text);
  if (number) {
    const bool fits = *number <= uint64_t{std::numeric_limits<int64_t>::max()};
    Require(!fits || sim::ParseSize(text) == number, "a number is a size in bytes");
    Require(!sim::GroupDigits(*number).empty() && !sim::RoundSize(*number).empty(), "shown");
  }
  if (const auto bytes = sim::ParseSize(text)) {
    Require(sim::ParseSize(std::to_string(*bytes)) == bytes, "a size is read again");
  }
  if (const uint64_t id = sim::ParseId(text); id != 0) {
    Require(sim::ParseId(sim::FormatId(id)) == id, "an id is read again");
  }
  const auto pool = sim::ParsePool(std::string(text));
  Require(!pool.ok() || (text.starts_with(pool->slot) && !pool->slot.empty()),
          "a pool has the name that it was given");
  Require(!sim::ParseYesNo(text) || text.size() <= 5, "yes and no are words");
  const auto address = sim::ParseAddress(text);
  Require(address.ok() || absl::IsInvalidArgument(address.status()),
          "no address is INVALID_ARGUMENT");
  Require(!address.ok() || text.ends_with(std::to_string(address->port)) || address->port < 10000,
          "the port stands at the end");
  return 0;
}
