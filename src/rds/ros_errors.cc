// SPDX-License-Identifier: Apache-2.0
#include "rds/ros_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

struct Rule {
  std::string_view words;  // lower case, anywhere in the text
  Code code;
  std::string_view advice;
};

constexpr std::string_view kVersionAdvice = "this RouterOS is too old or too new for this driver";
constexpr std::string_view kPolicyAdvice =
    "the login needs the policies read, write, test, api and rest-api (or ssh)";

constexpr std::string_view kDirectoryAdvice =
    "the directory for volumes must be there: /file add type=directory name=POOL/DIRECTORY";

// The first rule that fits holds.
constexpr auto kRules = std::to_array<Rule>({
    {"no such item", Code::kNotFound, ""},
    {"no such file or directory", Code::kFailedPrecondition, kDirectoryAdvice},
    {"already exists", Code::kAlreadyExists, ""},
    {"already have", Code::kAlreadyExists, ""},
    {"not enough space", Code::kResourceExhausted, ""},
    {"no space", Code::kResourceExhausted, ""},
    {"in use", Code::kFailedPrecondition, ""},
    {"busy", Code::kFailedPrecondition, ""},
    {"not allowed", Code::kFailedPrecondition, kPolicyAdvice},
    {"not enough permissions", Code::kFailedPrecondition, kPolicyAdvice},
    {"cannot log in", Code::kFailedPrecondition, kPolicyAdvice},
    {"session closed", Code::kDeadlineExceeded, "the outcome is unknown"},
    {"bad command name", Code::kFailedPrecondition, kVersionAdvice},
    {"no such command", Code::kFailedPrecondition, kVersionAdvice},
    {"expected end of command", Code::kFailedPrecondition, kVersionAdvice},
    {"expected command name", Code::kFailedPrecondition, kVersionAdvice},
    {"unknown parameter", Code::kFailedPrecondition, kVersionAdvice},
    {"bad parameter", Code::kFailedPrecondition, kVersionAdvice},
    {"syntax error", Code::kFailedPrecondition, kVersionAdvice},
});

// What else an error of the console looks like.
constexpr auto kOtherErrors = std::to_array<std::string_view>({
    "failure:",
    "error:",
    "invalid parameter",
    "invalid value",
    "input does not match",
    "ambiguous value",
    "value of ",
    "missing value",
    "bad argument",
    "expected ",
    "interrupted",
    "action timed out",
});

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

const Rule* FindRule(std::string_view text) {
  const std::string lower = LowerCase(text);
  const auto* rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& candidate) {
    return lower.find(candidate.words) != std::string::npos;
  });
  return rule == kRules.end() ? nullptr : rule;
}

}  // namespace

absl::Status RosError(std::string_view text, std::string_view command) {
  const std::string message = fmt::format("RDS: {}: {}", command, Quoted(Trim(text)));
  const Rule* rule = FindRule(text);
  if (rule == nullptr) return Error(Code::kInternal, message);
  if (rule->advice.empty()) return Error(rule->code, message);
  return Error(rule->code, fmt::format("{} ({})", message, rule->advice));
}

bool LooksLikeRosError(std::string_view line) {
  if (FindRule(line) != nullptr) return true;
  const std::string lower = LowerCase(line);
  return std::any_of(kOtherErrors.begin(), kOtherErrors.end(), [&](std::string_view words) {
    return lower.find(words) != std::string::npos;
  });
}

}  // namespace rds_csi
