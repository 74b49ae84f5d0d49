// SPDX-License-Identifier: Apache-2.0
// A line for the console of rds-sim: it is run up to its first error, which is told, and asked
// again it does the same.
#include "fuzz/fuzz.h"
#include "sim/console/console.h"

using namespace rds_csi;

namespace {

struct Run {
  sim::ConsoleOutput output;
  std::vector<std::string> commands;
};

Run RunOnce(std::string_view line) {
  static const sim::Schema schema = *sim::Schema::Load("7.24");
  Run run;
  run.output =
      sim::RunLine(schema, line, [&](const sim::Command& command) -> absl::StatusOr<sim::Reply> {
        run.commands.push_back(command.Text());
        return sim::Reply{{}, "*1"};
      });
  return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2048) return 0;
  const Run first = RunOnce(Text(data, size));
  Require(first.output.status.ok() || !first.output.text.empty(), "an error is told");
  const Run second = RunOnce(Text(data, size));
  Require(first.commands == second.commands && first.output.text == second.output.text,
          "the same line does the same");
  return 0;
}
