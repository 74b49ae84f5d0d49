// SPDX-License-Identifier: Apache-2.0
// The way in: flags and environment become settings, and the settings a plugin that serves.
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "config.h"
#include "csi/stop_signal.h"
#include "run.h"
#include "serving.h"

namespace rds_csi {
namespace {

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return EXIT_SUCCESS;
  Log(LogLevel::kError, "cannot start", {{"error", Message(status)}});
  return kCannotStart;
}

int Run(const Notice& notice) {
  std::fputs(notice.text.c_str(), notice.exit_code == 0 ? stdout : stderr);
  return notice.exit_code;
}

int Run(const ControllerSettings& settings) {
  HoldStopSignals();
  SetLogLevel(settings.serving.log_level);
  return ExitCodeOf(RunController(settings));
}

int Run(const NodeSettings& settings) {
  HoldStopSignals();
  SetLogLevel(settings.serving.log_level);
  return ExitCodeOf(RunNode(settings));
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  // One heap for all threads, which wait for storage and hardly for it: every further one keeps
  // what its busiest moment took.
  mallopt(M_ARENA_MAX, 1);
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return std::visit([](const auto& chosen) { return rds_csi::Run(chosen); },
                      rds_csi::ReadCommandLine(arguments, RDS_CSI_VERSION));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rds-csi: %s\n", error.what());
    return rds_csi::kCannotStart;
  }
}
