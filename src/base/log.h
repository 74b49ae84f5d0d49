// SPDX-License-Identifier: Apache-2.0
// Structured log lines: one JSON object a line on standard error, one write(2) a line, text from
// outside escaped. Only main, the gRPC edge and background loops log; everything below returns
// errors.
#ifndef RDS_CSI_BASE_LOG_H_
#define RDS_CSI_BASE_LOG_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rds_csi {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogFields = std::vector<std::pair<std::string_view, std::string>>;

// {"time":"2026-01-02T03:04:05.678Z","level":"info","message":"…","key":"value",…}, with no line
// break in it, whatever the texts hold. Bytes that are no UTF-8 are replaced.
std::string FormatLogLine(LogLevel level, std::string_view message, const LogFields& fields);

// Lines below `level` are dropped. Default: kInfo.
void SetLogLevel(LogLevel level);

// Whether a line of `level` would be written: ask before making one that is costly to make.
bool IsLogged(LogLevel level);

void Log(LogLevel level, std::string_view message, const LogFields& fields = {});

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_LOG_H_
