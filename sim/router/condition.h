// SPDX-License-Identifier: Apache-2.0
// A condition on rows: what `where` says on the console and `.query` words say over REST.
#ifndef RDS_CSI_SIM_ROUTER_CONDITION_H_
#define RDS_CSI_SIM_ROUTER_CONDITION_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/router/record.h"

namespace rds_csi::sim {

class Pattern;  // a compiled POSIX extended regular expression

struct Condition {
  enum class Op {
    kAlways,
    kNever,
    kAnd,
    kOr,
    kNot,
    kPresent,  // has the property
    kTruthy,   // has it, and it is not "false" or empty
    kEqual,
    kLess,
    kGreater,
    kMatches,
  };

  Op op = Op::kAlways;
  std::string name;
  std::string value;
  std::vector<Condition> parts;
  std::shared_ptr<const Pattern> pattern;

  static Condition Compare(Op op, std::string_view name, std::string_view value);
  static Condition Not(Condition condition);
  static Condition Both(Condition a, Condition b);
  static Condition Either(Condition a, Condition b);
  // INVALID_ARGUMENT when `expression` is no regular expression.
  static absl::StatusOr<Condition> Matches(std::string_view name, std::string_view expression);

  bool Holds(const Record& record) const;

  // The values of `property` outside of which this can never hold; none when any value may do.
  // Tables use it to look rows up instead of walking all of them.
  std::optional<std::vector<std::string>> OnlyValuesOf(std::string_view property) const;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_CONDITION_H_
