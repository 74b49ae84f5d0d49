// SPDX-License-Identifier: Apache-2.0
#include "nvme/anchor_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "base/text.h"

namespace rds_csi {
namespace {

bool IsNoAnchor(const NvmeController& controller) { return !IsAnchor(controller); }

}  // namespace

bool IsAnchorAddress(std::string_view address) {
  const std::vector<std::string_view> options = Split(address, ',');
  const auto has = [&](std::string_view key, std::string_view value) {
    const std::string option = fmt::format("{}={}", key, value);
    return std::find(options.begin(), options.end(), option) != options.end();
  };
  return has("traddr", kAnchorAddress) && has("trsvcid", fmt::format("{}", kAnchorPort));
}

bool IsAnchor(const NvmeController& controller) { return IsAnchorAddress(controller.address); }

std::vector<NvmeController> WithoutAnchors(const std::vector<NvmeController>& controllers) {
  std::vector<NvmeController> found;
  std::copy_if(controllers.begin(), controllers.end(), std::back_inserter(found), IsNoAnchor);
  return found;
}

std::vector<NvmeController> OnlyAnchors(const std::vector<NvmeController>& controllers) {
  std::vector<NvmeController> found;
  std::copy_if(controllers.begin(), controllers.end(), std::back_inserter(found), IsAnchor);
  return found;
}

}  // namespace rds_csi
