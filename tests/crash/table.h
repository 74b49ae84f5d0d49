// SPDX-License-Identifier: Apache-2.0
// How many cases were run, by call and disturbance: printed when the program ends.
#ifndef RDS_CSI_TESTS_CRASH_TABLE_H_
#define RDS_CSI_TESTS_CRASH_TABLE_H_

#include <map>
#include <string>

namespace rds_csi::world::crash {

class Table {
 public:
  void Count(const std::string& row, const std::string& column);
  std::string Text() const;

 private:
  std::map<std::string, std::map<std::string, int>> counts_;  // by row, by column
};

// Of the whole program.
Table& CaseTable();

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_TABLE_H_
