// SPDX-License-Identifier: Apache-2.0
#include "sim/print/as_value.h"

#include <algorithm>

namespace rds_csi::sim {

std::vector<const Property*> SortedProperties(const Record& row) {
  std::vector<const Property*> sorted;
  sorted.reserve(row.properties.size());
  for (const Property& property : row.properties) sorted.push_back(&property);
  std::sort(sorted.begin(), sorted.end(),
            [](const Property* a, const Property* b) { return a->name < b->name; });
  return sorted;
}

std::string PrintAsValue(const std::vector<Record>& rows) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!text.empty()) text += ';';
    text.append(name).append("=").append(value);
  };
  for (const Record& row : rows) {
    if (!row.id.empty()) add(".id", row.id);
    for (const Property* property : SortedProperties(row)) {
      add(property->name, property->value.ForPrograms());
    }
  }
  return text;
}

}  // namespace rds_csi::sim
