// SPDX-License-Identifier: Apache-2.0
#include "sim/print/as_value.h"

#include <algorithm>

namespace rds_csi::sim {

std::vector<Property> SortedProperties(const Record& row) {
  std::vector<Property> sorted = row.properties;
  if (!row.id.empty()) sorted.push_back({".id", Value::Word(row.id)});
  std::sort(sorted.begin(), sorted.end(),
            [](const Property& a, const Property& b) { return a.name < b.name; });
  return sorted;
}

std::string PrintAsValue(const std::vector<Record>& rows) {
  std::string text;
  for (const Record& row : rows) {
    for (const Property& property : SortedProperties(row)) {
      if (!text.empty()) text += ';';
      text += property.name + "=" + property.value.ForPrograms();
    }
  }
  return text;
}

}  // namespace rds_csi::sim
