// SPDX-License-Identifier: Apache-2.0
// What happened, as one timeline; and how much of it.
#ifndef RDS_CSI_TESTS_HISTORIES_STORY_H_
#define RDS_CSI_TESTS_HISTORIES_STORY_H_

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "plan.h"

namespace rds_csi::world::histories {

struct Counts {
  int64_t histories = 0;
  int64_t events = 0;
  int64_t calls = 0;
  int64_t effects = 0;
  int64_t writes = 0;
  std::map<Kind, int64_t> faults;

  void Add(const Counts& more);
  std::string Text() const;  // one line, and one for the faults
};

class Story {
 public:
  // `told`: whether anybody wants to read it.
  explicit Story(bool told) : told_(told) {}

  bool told() const { return told_; }
  // "  12.345 s  worker-2   connect …"; what is told again and again is two lines.
  void Tell(absl::Duration when, std::string_view who, std::string_view what);
  const std::vector<std::string>& lines() const { return lines_; }

  Counts counts;

 private:
  const bool told_;
  std::vector<std::string> lines_;
  std::string last_;
  int times_ = 0;  // that it was told again
};

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_STORY_H_
