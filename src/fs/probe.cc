// SPDX-License-Identifier: Apache-2.0
#include "fs/probe.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {

absl::StatusOr<Contents> ParseContents(std::string_view line) {
  const std::string_view text = Trim(line);
  if (text == "blank") return Contents{Contents::Kind::kBlank, ""};
  const size_t blank = text.find(' ');
  if (blank != std::string_view::npos) {
    const std::string_view kind = text.substr(0, blank);
    std::string what(text.substr(blank + 1));
    if (kind == "data") {
      return Contents{Contents::Kind::kData, "data without a known signature at byte " + what};
    }
    if (kind == "filesystem") return Contents{Contents::Kind::kFilesystem, std::move(what)};
    if (kind == "other") return Contents{Contents::Kind::kOther, std::move(what)};
  }
  return absl::InternalError(fmt::format("the probe answered {}", Quoted(line)));
}

absl::StatusOr<Contents> Probe(Exec& exec, const std::string& device, absl::Time deadline) {
  const absl::StatusOr<std::string> line = RunIo(exec, {"probe", device}, "", deadline);
  if (!line.ok()) return Annotate(line.status(), fmt::format("{} cannot be probed", device));
  return ParseContents(*line);
}

}  // namespace rds_csi
