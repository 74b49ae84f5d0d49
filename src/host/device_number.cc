// SPDX-License-Identifier: Apache-2.0
#include "host/device_number.h"

#include <fmt/format.h>

#include <charconv>

namespace rds_csi {
namespace {

std::optional<uint32_t> ParseHalf(std::string_view text) {
  uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<DeviceNumber> FindDeviceNumber(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<uint32_t> major = ParseHalf(text.substr(0, colon));
  const std::optional<uint32_t> minor = ParseHalf(text.substr(colon + 1));
  if (!major || !minor) return std::nullopt;
  return DeviceNumber{.major = *major, .minor = *minor};
}

std::string ToString(DeviceNumber number) {
  return fmt::format("{}:{}", number.major, number.minor);
}

}  // namespace rds_csi
