// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/rest_query.h"

#include <fmt/format.h>

#include "sim/base/status_macros.h"

namespace rds_csi::sim {
namespace {

using Op = Condition::Op;
using Stack = std::vector<Condition>;

Condition Pop(Stack& stack) {
  Condition top = std::move(stack.back());
  stack.pop_back();
  return top;
}

absl::Status Operate(char op, const std::string& word, Stack& stack) {
  const size_t operands = op == '!' ? 1 : 2;
  if (std::string_view("|&!").find(op) == std::string_view::npos || stack.size() < operands) {
    return absl::InvalidArgumentError(fmt::format("bad query word {}", word));
  }
  Condition top = Pop(stack);
  if (op == '!') {
    stack.push_back(Condition::Not(std::move(top)));
    return absl::OkStatus();
  }
  Condition below = Pop(stack);
  stack.push_back(op == '|' ? Condition::Either(std::move(below), std::move(top))
                            : Condition::Both(std::move(below), std::move(top)));
  return absl::OkStatus();
}

Condition Test(std::string_view word) {
  if (word.substr(0, 1) == "-") {
    return Condition::Not(Condition::Compare(Op::kPresent, word.substr(1), ""));
  }
  Op op = Op::kEqual;
  if (word.substr(0, 1) == ">") op = Op::kGreater;
  if (word.substr(0, 1) == "<") op = Op::kLess;
  if (op != Op::kEqual || word.substr(0, 1) == "=") word.remove_prefix(1);
  const size_t equals = word.find('=');
  if (equals == std::string_view::npos) return Condition::Compare(Op::kPresent, word, "");
  return Condition::Compare(op, word.substr(0, equals), word.substr(equals + 1));
}

}  // namespace

absl::StatusOr<Condition> ParseQuery(const std::vector<std::string>& words) {
  Stack stack;
  for (const std::string& word : words) {
    const std::string_view text = std::string_view(word).substr(word.rfind('?', 0) == 0 ? 1 : 0);
    if (text.substr(0, 1) != "#") {
      stack.push_back(Test(text));
      continue;
    }
    for (const char op : text.substr(1)) SIM_RETURN_IF_ERROR(Operate(op, word, stack));
  }
  Condition all;
  for (Condition& condition : stack) all = Condition::Both(std::move(all), std::move(condition));
  return all;
}

}  // namespace rds_csi::sim
