// SPDX-License-Identifier: Apache-2.0
#include "flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/text.h"

namespace rds_csi {
namespace {

// CLI11 only takes the words apart: it would stop at the first mistake, and we tell them all.
void Declare(const Subcommand& subcommand, CLI::App& app, GivenFlags& given) {
  app.allow_extras();
  for (const FlagGroup& group : subcommand.groups) {
    for (const Flag& flag : group.flags) {
      app.add_option(fmt::format("--{}", flag.name), given[std::string(flag.name)])
          ->expected(0, 1)
          ->allow_extra_args(false)
          ->delimiter(',')
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
          ->envname(EnvironmentName(flag.name));
    }
  }
}

std::vector<std::string> DescribeExtras(const std::vector<std::string>& extras) {
  std::vector<std::string> problems;
  bool after_flag = false;
  for (const std::string& extra : extras) {
    const bool is_flag = extra.starts_with('-');
    if (is_flag) {
      problems.push_back(
          fmt::format("{}: there is no such flag", extra.substr(0, extra.find('='))));
    } else if (!after_flag) {
      problems.push_back(fmt::format("{}: not expected here", Quoted(extra)));
    }
    after_flag = is_flag;
  }
  return problems;
}

std::string HelpFor(const Flag& flag) {
  std::string text = fmt::format("  --{}", flag.name);
  if (!flag.value.empty()) text += fmt::format(" {}", flag.value);
  if (!flag.fallback.empty()) text += fmt::format("   [{}]", flag.fallback);
  text += "\n";
  for (const std::string_view line : Lines(flag.help)) text += fmt::format("      {}\n", line);
  return text;
}

}  // namespace

// The subcommand comes first, and its flags are parsed without knowledge of the others: to CLI11 a
// value such as "node" would be a subcommand again.
CommandLine Tokenize(const std::vector<std::string>& arguments,
                     const std::vector<Subcommand>& subcommands) {
  CommandLine line;
  CLI::App app;
  app.allow_extras();
  auto rest = arguments.begin();
  const auto chosen = std::ranges::find_if(subcommands, [&](const Subcommand& subcommand) {
    return rest != arguments.end() && *rest == subcommand.name;
  });
  if (chosen != subcommands.end()) {
    line.subcommand = chosen->name;
    Declare(*chosen, app, line.given);
    ++rest;
  }
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), std::make_reverse_iterator(rest)));
  } catch (const CLI::CallForHelp&) {
    line.help = true;
  } catch (const CLI::Error& error) {
    line.problems.emplace_back(error.what());
  }
  std::erase_if(line.given, [](const auto& flag) { return flag.second.empty(); });
  std::ranges::move(DescribeExtras(app.remaining()), std::back_inserter(line.problems));
  return line;
}

std::string EnvironmentName(std::string_view flag) {
  std::string name = fmt::format("RDS_CSI_{}", flag);
  std::ranges::replace(name, '-', '_');
  absl::AsciiStrToUpper(&name);
  return name;
}

std::string HelpFor(const Subcommand& subcommand) {
  std::string text =
      fmt::format("{}\n\nUsage: rds-csi {} FLAGS\n", subcommand.summary, subcommand.name);
  for (const FlagGroup& group : subcommand.groups) {
    text += fmt::format("\n{}\n", group.title);
    for (const Flag& flag : group.flags) text += HelpFor(flag);
  }
  return text + fmt::format("\n{}\n", subcommand.ending);
}

}  // namespace rds_csi
