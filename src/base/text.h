// SPDX-License-Identifier: Apache-2.0
// The few things every parser does with text. Debian's absl::string_view is a type of its own, so
// the ones of Abseil do not fit std::string_view.
#ifndef RDS_CSI_BASE_TEXT_H_
#define RDS_CSI_BASE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rds_csi {

// The pieces between the separators, empty ones too: Split("a,,b", ',') is {"a", "", "b"}, and
// Split("", ',') is {""}. The views point into `text`.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Split(text, '\n') without a last empty line.
std::vector<std::string_view> Lines(std::string_view text);

// The pieces between runs of blanks, tabs and line breaks; none is empty.
std::vector<std::string_view> Words(std::string_view text);

std::string Join(const std::vector<std::string>& pieces, std::string_view separator);

// `text` without the blanks, tabs and line breaks at its ends.
std::string_view Trim(std::string_view text);

// A decimal integer and nothing else ("-1", "42"; not "+1", " 1", "1k", ""); none when it is not
// one or does not fit.
std::optional<int64_t> ParseInt64(std::string_view text);

// `text` for a message: quoted, control characters and quotes escaped, cut after `limit` bytes, so
// that text from outside can neither forge a line nor flood a log.
std::string Quoted(std::string_view text, size_t limit = 160);

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_TEXT_H_
