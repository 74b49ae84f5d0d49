// SPDX-License-Identifier: Apache-2.0
#include "nvme/disconnect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "base/status.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kNqn[] = "nqn.2000-02.com.mikrotik:pvc-1";
constexpr char kOther[] = "nqn.2000-02.com.mikrotik:pvc-10";

class DisconnectTest : public testing::Test {
 protected:
  DisconnectTest() {
    machine_.Export(kNqn, 1 << 30);
    machine_.Export(kOther, 1 << 30);
  }
  absl::Status Act() {
    return Disconnect(machine_.host(), kNqn, machine_.clock().Now() + absl::Seconds(10));
  }
  FakeHost machine_;
};

TEST_F(DisconnectTest, EveryControllerOfTheVolumeIsDeleted) {
  machine_.ConnectAs(kNqn, "a");
  machine_.ConnectAs(kNqn, "b");
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.DevicesOf(kNqn), IsEmpty());
}

TEST_F(DisconnectTest, Pain12_OtherVolumesKeepTheirConnections) {
  machine_.ConnectAs(kNqn, "a");
  machine_.ConnectAs(kOther, "a");
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.DevicesOf(kOther), ElementsAre("/dev/nvme1n1"));
}

TEST_F(DisconnectTest, NotConnectedIsSuccess) { EXPECT_TRUE(Act().ok()); }

TEST_F(DisconnectTest, AControllerThatIsBeingDeletedIsWaitedFor) {
  machine_.ConnectAs(kNqn, "a");
  machine_.SetControllerState("nvme0", "deleting (no IO)");
  machine_.After(absl::Seconds(2), [this] { machine_.LoseConnection(kNqn); });
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(DisconnectTest, AControllerThatDoesNotGoIsNamed) {
  machine_.ConnectAs(kNqn, "a");
  machine_.SetControllerState("nvme0", "deleting");
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Message(status), HasSubstr("nvme0 deleting"));
}

TEST_F(DisconnectTest, ADeleteThatHangsIsAbandonedAtTheDeadline) {
  machine_.ConnectAs(kNqn, "a");
  machine_.FailOn("write /sys/class/nvme/nvme0/delete_controller", ETIMEDOUT);
  EXPECT_EQ(Act().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace rds_csi
