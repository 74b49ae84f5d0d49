// SPDX-License-Identifier: Apache-2.0
#include "sim/print/projection.h"

#include <algorithm>

namespace rds_csi::sim {

void Project(const std::vector<std::string>& proplist, std::vector<Record>& rows) {
  const bool wants_id = std::find(proplist.begin(), proplist.end(), ".id") != proplist.end();
  for (Record& row : rows) {
    std::vector<Property> kept;
    for (const std::string& name : proplist) {
      if (const Property* property = row.FindProperty(name)) kept.push_back(*property);
    }
    row.properties = std::move(kept);
    if (!wants_id) row.id.clear();
  }
}

}  // namespace rds_csi::sim
