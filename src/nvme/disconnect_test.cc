// SPDX-License-Identifier: Apache-2.0
#include "nvme/disconnect.h"

#include "nvme/anchor_fixture.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

TEST_F(DisconnectTest, Pain11_ADeleteThatHangsIsAbandonedAtTheDeadline) {
  machine_.ConnectAs(kNqn, "a");
  machine_.FailOn("write /sys/class/nvme/nvme0/delete_controller", ETIMEDOUT);
  EXPECT_EQ(Act().code(), absl::StatusCode::kDeadlineExceeded);
}

using DisconnectAnchoredTest = AnchorTest;

TEST_F(DisconnectAnchoredTest, TheAnchorGoesWithTheConnection) {
  ASSERT_TRUE(Make().ok());
  ASSERT_TRUE(Disconnect(machine_.host(), kNqn, Soon()).ok());
  ExpectNoTraceOfAnchors();
  EXPECT_THAT(machine_.ControllersOf(kNqn), IsEmpty());
  EXPECT_THAT(machine_.DevicesOf(kNqn), IsEmpty());
}

TEST_F(DisconnectAnchoredTest, TheConnectionToTheRdsGoesFirst) {
  ASSERT_TRUE(Make().ok());
  machine_.ClearJournal();
  ASSERT_TRUE(Disconnect(machine_.host(), kNqn, Soon()).ok());
  EXPECT_THAT(machine_.journal()[0], "write /sys/class/nvme/nvme0/delete_controller");
  EXPECT_THAT(machine_.journal()[1], "write /sys/class/nvme/nvme1/delete_controller");
}

TEST_F(DisconnectAnchoredTest, STL_8_AnAnchorThatStaysIsAnError) {
  ASSERT_TRUE(Make().ok());
  machine_.FailOn("dmsetup remove", EBUSY);
  EXPECT_EQ(Disconnect(machine_.host(), kNqn, Soon()).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(DisconnectAnchoredTest, AHeadThatWasToOutliveItsPathsGoesAtOnce) {
  machine_.LoseConnection(kNqn);
  machine_.HaveDelayedRemoval();
  machine_.ConnectAs(kNqn, identity_.nqn);
  ASSERT_TRUE(files().Write("/sys/block/nvme1n1/delayed_removal_secs", "600").ok());
  const absl::Time start = machine_.clock().Now();
  ASSERT_TRUE(Disconnect(machine_.host(), kNqn, Soon()).ok());
  EXPECT_THAT(machine_.DevicesOf(kNqn), IsEmpty());
  EXPECT_EQ(machine_.clock().Now(), start);
}

}  // namespace
}  // namespace rds_csi
