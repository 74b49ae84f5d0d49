// SPDX-License-Identifier: Apache-2.0
#include "host/linux_outcome.h"

#include <cerrno>
#include <utility>

namespace rds_csi {

Outcome Done(std::string text) { return {.error = 0, .text = std::move(text)}; }

Outcome Failed(int error, std::string_view what) {
  return {.error = error == 0 ? EIO : error, .text = std::string(what)};
}

}  // namespace rds_csi
