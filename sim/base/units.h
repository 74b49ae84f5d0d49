// SPDX-License-Identifier: Apache-2.0
// Numbers and words as RouterOS reads and writes them.
#ifndef RDS_CSI_SIM_BASE_UNITS_H_
#define RDS_CSI_SIM_BASE_UNITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rds_csi::sim {

// "1073741824", "1G", "1GiB", "1024M" (suffixes are binary, as in file-size); none when malformed
// or beyond 2^63.
std::optional<uint64_t> ParseSize(std::string_view text);

// Plain decimal digits; none when anything else is in it.
std::optional<uint64_t> ParseNumber(std::string_view text);

// yes|true → true, no|false → false, else none.
std::optional<bool> ParseYesNo(std::string_view text);

// 53687091200 → "53 687 091 200", the way `print` shows exact numbers.
std::string GroupDigits(uint64_t number);

// 53687091200 → "50.0GiB". The unit changes only past 1024 of the next smaller one: 1 TiB is
// "1024.0GiB".
std::string RoundSize(uint64_t bytes);

// "a,b,,c" → a b c.
std::vector<std::string> SplitList(std::string_view text, char separator = ',');

// Seconds since the epoch as "2025-11-11 16:47:07" (UTC).
std::string FormatTime(int64_t seconds);

// 93784 s → "1d2h3m4s", RouterOS's way to write durations.
std::string FormatDuration(int64_t seconds);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_BASE_UNITS_H_
