// SPDX-License-Identifier: Apache-2.0
// One of the two doors of a simulated RDS that shares no code with us, and what came out of it: the
// tests of the transports are written once and run through both.
#ifndef RDS_CSI_RDS_TRANSPORT_FIXTURE_H_
#define RDS_CSI_RDS_TRANSPORT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "observe/audit.h"
#include "observe/metrics.h"
#include "rds/endpoint.h"
#include "rds/test_sim.h"
#include "rds/volumes.h"

namespace rds_csi {

using Door = Endpoint::Door;

inline std::string NameOfDoor(const testing::TestParamInfo<Door>& door) {
  return door.param == Door::kRest ? "Rest" : "Ssh";
}

class TransportTest : public testing::TestWithParam<Door> {
 protected:
  static constexpr int64_t kSize = int64_t{64} << 20;

  TransportTest() { signal(SIGPIPE, SIG_IGN); }

  // Starts the simulator with `flags` and opens the door that is tested.
  void Start(const std::vector<std::string>& flags = {}) {
    sim_.emplace(flags);
    Open();
  }
  // A new driver with the credentials as they are now.
  void Open(const TransportOptions& options = {}, const std::string& host = "127.0.0.1") {
    auto transport =
        OpenTransport(sim_->At(GetParam(), host), sim_->credentials(), options, audit_, metrics_);
    ASSERT_TRUE(transport.ok()) << Message(transport.status());
    transport_ = *std::move(transport);
    volumes_.emplace(*transport_, RosBehaviour{});
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  absl::StatusOr<Volume> Create(const VolumeId& id) {
    return volumes_->Create({id, "/storage-pool/csi", kSize, 4420, "cluster"}, Soon());
  }
  absl::StatusOr<RdsVolumes::Found> Find() {
    return volumes_->Find(id_, "/storage-pool/csi", Soon());
  }
  void Fault(const std::string& action, const std::string& match) {
    sim_->Tell(R"({"do":"fault","action":")" + action + R"(","match":")" + match + R"("})");
  }

  // What the audit log says: "login success", "host_key_check failure" …
  std::vector<std::string> Audited() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> said;
    for (const std::string& line : lines_) {
      const nlohmann::json json = nlohmann::json::parse(line);
      said.push_back(json["action"].get<std::string>() + " " + json["outcome"].get<std::string>());
      EXPECT_EQ(json["user"], "csi");
      EXPECT_THAT(json["rds"].get<std::string>(), testing::HasSubstr("://127.0.0.1:"));
      EXPECT_GE(json["duration_ms"], 0);
    }
    return said;
  }
  std::string AuditText() const {
    const std::lock_guard lock(mutex_);
    return Join(lines_, "");
  }
  std::string Check() const {
    return GetParam() == Door::kRest ? "certificate_check " : "host_key_check ";
  }

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  AuditLog audit_{{{"role", "controller"}}, [this](const std::string& line) {
                    const std::lock_guard lock(mutex_);
                    lines_.push_back(line);
                  }};
  Metrics metrics_{"1", "controller"};
  VolumeId id_ = *VolumeId::Parse("pvc-1");
  Fence fence_{{"nqn.2014-08.org.nvmexpress:uuid:5a3c8b0e-0000-5000-8000-000000000001"}};
  std::optional<SimProcess> sim_;
  std::unique_ptr<RosTransport> transport_;
  std::optional<RdsVolumes> volumes_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_TRANSPORT_FIXTURE_H_
