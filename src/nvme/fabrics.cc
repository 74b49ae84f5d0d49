// SPDX-License-Identifier: Apache-2.0
#include "nvme/fabrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

bool IsPlain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(),
                                       [](char c) { return c > ' ' && c < 0x7f && c != ','; });
}

}  // namespace

absl::StatusOr<std::string> FabricsOptions(const FabricsTarget& target) {
  std::vector<std::pair<std::string_view, std::string>> options = {
      {"transport", "tcp"},
      {"traddr", target.address.host},
      {"trsvcid", fmt::format("{}", target.address.port)},
      {"nqn", target.nqn},
      {"hostnqn", target.host.nqn},
      {"hostid", target.host.id},
      {"reconnect_delay", fmt::format("{}", target.timeouts.reconnect_delay_seconds)},
  };
  // 0 leaves it to the kernel. To the kernel itself a ctrl_loss_tmo of 0 would be: give up at once.
  if (target.timeouts.ctrl_loss_seconds != 0) {
    options.emplace_back("ctrl_loss_tmo", fmt::format("{}", target.timeouts.ctrl_loss_seconds));
  }
  if (target.timeouts.keep_alive_seconds > 0) {
    options.emplace_back("keep_alive_tmo", fmt::format("{}", target.timeouts.keep_alive_seconds));
  }
  if (target.io_queues > 0) {
    options.emplace_back("nr_io_queues", fmt::format("{}", target.io_queues));
  }
  std::vector<std::string> texts;
  for (const auto& [key, value] : options) {
    if (!IsPlain(value)) {
      return absl::InvalidArgumentError(
          fmt::format("NVMe option {}: {} cannot be passed to the kernel", key, Quoted(value)));
    }
    texts.push_back(fmt::format("{}={}", key, value));
  }
  return Join(texts, ",");
}

absl::StatusOr<std::string> ParseFabricsReply(std::string_view reply) {
  for (const std::string_view option : Split(Trim(reply), ',')) {
    if (!option.starts_with("instance=")) continue;
    const std::optional<int64_t> instance = ParseInt64(option.substr(9));
    if (instance && *instance >= 0) return fmt::format("nvme{}", *instance);
  }
  return absl::InternalError(
      fmt::format("/dev/nvme-fabrics answered {}, not an instance", Quoted(reply)));
}

}  // namespace rds_csi
