// SPDX-License-Identifier: Apache-2.0
// Executes parsed statements and collects what they print.
#ifndef RDS_CSI_SIM_CONSOLE_EVALUATOR_H_
#define RDS_CSI_SIM_CONSOLE_EVALUATOR_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/console/console.h"
#include "sim/console/syntax.h"
#include "sim/console/value.h"

namespace rds_csi::sim {

class Evaluator {
 public:
  Evaluator(const Execute& execute, std::string& output) : execute_(execute), output_(output) {}

  // Runs a statement whose value nobody uses: `print` shows its rows, other values vanish.
  absl::Status Run(const Statement& statement);

 private:
  // A statement's arguments, evaluated.
  struct Call {
    Command command;
    std::map<std::string, ConsoleValue, std::less<>> values;
    std::set<std::string, std::less<>> flags;  // written without a value

    bool Has(std::string_view flag) const { return flags.count(flag) != 0; }
  };

  absl::StatusOr<Call> Evaluate(const Statement& statement);
  absl::StatusOr<ConsoleValue> ValueOf(const Statement& statement);
  absl::StatusOr<ConsoleValue> RunGlobal(const Call& call);
  absl::StatusOr<ConsoleValue> RunPrint(const Call& call);
  void Show(const Call& call, const std::vector<Record>& rows);

  absl::StatusOr<ConsoleValue> ValueOf(const Term& term);
  absl::StatusOr<ConsoleValue> ValueOfBinary(const Term& term);
  absl::StatusOr<ConsoleValue> ValueOfList(const Term& term);
  absl::StatusOr<ConsoleValue> ValueOfString(const Term& term);
  absl::StatusOr<ConsoleValue> ValueOfCommands(const Term& term);

  // condition_builder.cc
  absl::StatusOr<Condition> ConditionOf(const Term& term);
  absl::StatusOr<Condition> ComparisonOf(const Term& term);

  const Execute& execute_;
  std::string& output_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_EVALUATOR_H_
