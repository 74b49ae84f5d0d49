// SPDX-License-Identifier: Apache-2.0
// A router with one Btrfs pool of 16 GiB, driven by console lines.
#ifndef RDS_CSI_SIM_TESTING_ROUTER_FIXTURE_H_
#define RDS_CSI_SIM_TESTING_ROUTER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "sim/base/status_macros.h"
#include "sim/console/console.h"
#include "sim/router/router.h"
#include "sim/testing/journal_target.h"
#include "sim/testing/temp_dir.h"

namespace rds_csi::sim {

class RouterFixture : public testing::Test {
 protected:
  explicit RouterFixture(const std::string& version = "7.24") { Start(version); }

  // Starts, or starts again, on the same state directory.
  void Start(const std::string& version) {
    router_.reset();
    schema_ = *Schema::Load(version);
    auto opened = Router::Open(options_, *schema_, switches_, target_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    router_ = *std::move(opened);
  }

  void Assume(const std::string& pair) { ASSERT_TRUE(switches_.SetPair(pair).ok()) << pair; }

  // What the line prints, with plain newlines.
  std::string Run(const std::string& line) {
    ConsoleOutput output =
        RunLine(*schema_, line, [this](const Command& c) { return router_->Execute(c); });
    std::string& text = output.text;
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text;
  }

  // Adds a file disk of 1 GiB in an existing directory.
  std::string AddDisk(const std::string& slot, const std::string& more = "") {
    return Run("/disk add type=file file-path=/storage-pool/v/" + slot +
               ".img file-size=1073741824 slot=" + slot + " " + more);
  }

  std::string Get(const std::string& slot, const std::string& property) {
    const std::string text = Run(":put [/disk get [find slot=" + slot + "] " + property + "]");
    return text.substr(0, text.size() - 1);
  }

  TempDir dir_;
  RouterOptions options_{.state_dir = dir_.path() + "/state",
                         .pools = {{"storage-pool", uint64_t{16} << 30, "btrfs"}},
                         .directories = {"/storage-pool/v"}};
  std::optional<Schema> schema_;
  Switches switches_;
  JournalTarget target_;
  std::unique_ptr<Router> router_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_TESTING_ROUTER_FIXTURE_H_
