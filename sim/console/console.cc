// SPDX-License-Identifier: Apache-2.0
#include "sim/console/console.h"

#include "sim/base/status_macros.h"
#include "sim/console/evaluator.h"
#include "sim/console/parser.h"

namespace rds_csi::sim {
namespace {

bool IsInjected(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDataLoss(status);
}

ConsoleOutput Failed(std::string text, absl::Status status) {
  if (!IsInjected(status)) {
    text += Message(status);
    text += "\r\n";
  }
  return {std::move(text), std::move(status)};
}

}  // namespace

ConsoleOutput RunLine(const Schema& schema, std::string_view line, const Execute& execute) {
  std::string output;
  const auto statements = ParseLine(schema, line);
  if (!statements.ok()) return Failed(std::move(output), statements.status());
  Evaluator evaluator(execute, output);
  for (const Statement& statement : *statements) {
    if (absl::Status status = evaluator.Run(statement); !status.ok()) {
      return Failed(std::move(output), std::move(status));
    }
  }
  return {std::move(output), absl::OkStatus()};
}

}  // namespace rds_csi::sim
