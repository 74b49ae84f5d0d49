// SPDX-License-Identifier: Apache-2.0
// Flags as data: one table a subcommand, from which come its help and what may be given. Values
// stay text here; config.h says what they mean.
#ifndef RDS_CSI_FLAGS_H_
#define RDS_CSI_FLAGS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rds_csi {

struct Flag {
  std::string_view name;      // "rds-url"; on the command line with "--" in front
  std::string_view value;     // what help calls its value, "URL"; empty: a switch
  std::string_view fallback;  // what holds when it is not given; "required" where it must be
  std::string_view help;      // lines
};

struct FlagGroup {
  std::string_view title;
  std::vector<Flag> flags;
};

struct Subcommand {
  std::string_view name;
  std::string_view summary;
  std::vector<FlagGroup> groups;
  std::string_view ending;  // examples
};

// What was given, by name. A flag without a value has an empty one; the environment counts where
// the command line is silent, and commas separate its values.
using GivenFlags = std::map<std::string, std::vector<std::string>, std::less<>>;

struct CommandLine {
  std::optional<std::string> subcommand;  // none: not even that is known
  GivenFlags given;
  bool help = false;
  std::vector<std::string> problems;  // unknown flags and words
};

CommandLine Tokenize(const std::vector<std::string>& arguments,
                     const std::vector<Subcommand>& subcommands);

// "RDS_CSI_RDS_URL" for "rds-url".
std::string EnvironmentName(std::string_view flag);

// The page that --help prints, with a line break at its end.
std::string HelpFor(const Subcommand& subcommand);

}  // namespace rds_csi

#endif  // RDS_CSI_FLAGS_H_
