// SPDX-License-Identifier: Apache-2.0
// The flag letters in front of a row: "Bt". A letter has a column of its own among the letters that
// any row of the list shows, so a row without it has a blank there.
#ifndef RDS_CSI_SIM_PRINT_FLAGS_H_
#define RDS_CSI_SIM_PRINT_FLAGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

class FlagColumn {
 public:
  FlagColumn(std::string_view menu, const std::vector<Record>& rows);

  // "Flags: B - BLOCK-DEVICE; t - NVME-TCP-EXPORT", or empty in a menu that has no flags. It is
  // there even when no row is.
  std::string Legend() const;
  // "B t", as wide as the column.
  std::string LettersOf(const Record& row) const;

 private:
  struct Letter {
    char letter;
    std::string_view property;
  };
  static const std::vector<Letter>& LettersOfMenu(std::string_view menu);

  std::vector<Letter> shown_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_PRINT_FLAGS_H_
