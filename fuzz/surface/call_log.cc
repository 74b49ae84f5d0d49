// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/call_log.h"

#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "base/log.h"
#include "fuzz/fuzz.h"

// Absent where only seeds are replayed, without a sanitizer.
#pragma weak __sanitizer_set_report_fd

namespace rds_csi::surface {
namespace {

// One file in memory for the whole process; every log line is appended to it.
int LogFile() {
  static const int file = memfd_create("log", MFD_CLOEXEC);
  return file;
}

int KeepStandardError() {
  const int former = dup(STDERR_FILENO);
  invariants_fd = former;
  if (__sanitizer_set_report_fd != nullptr) {
    // The interface has it so.
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<intptr_t>(former)));
  }
  SetLogLevel(LogLevel::kDebug);
  return former;
}

// Opened once: a sanitizer may report at any time.
int FormerStandardError() {
  static const int former = KeepStandardError();
  return former;
}

}  // namespace

CallLog::CallLog() : former_(FormerStandardError()) {
  [[maybe_unused]] const int emptied = ftruncate(LogFile(), 0);
  lseek(LogFile(), 0, SEEK_SET);
  dup2(LogFile(), STDERR_FILENO);
}

CallLog::~CallLog() { dup2(former_, STDERR_FILENO); }

std::string CallLog::Text() const {
  std::string text(static_cast<size_t>(lseek(LogFile(), 0, SEEK_END)), '\0');
  [[maybe_unused]] const ssize_t read = pread(LogFile(), text.data(), text.size(), 0);
  return text;
}

}  // namespace rds_csi::surface
