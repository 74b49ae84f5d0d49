// SPDX-License-Identifier: Apache-2.0
#include "nvme/connect.h"

#include "nvme/anchor_fixture.h"
#include "nvme/disconnect.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kHost[] = "nqn.2014-08.org.nvmexpress:uuid:a";

class ConnectTest : public testing::Test {
 protected:
  ConnectTest() { machine_.Export(kNqn, 1 << 30); }
  absl::StatusOr<Connection> Act() {
    return Connect(machine_.host(),
                   {.address = {"rds", 4420}, .nqn = kNqn, .host = {kHost, "a"}, .timeouts = {}},
                   machine_.clock().Now() + absl::Seconds(30));
  }
  FakeHost machine_;
};

TEST_F(ConnectTest, ANewConnectionIsMade) {
  const auto connection = Act();
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(connection->device.device, "/dev/nvme0n1");
  EXPECT_TRUE(connection->made_now);
}

TEST_F(ConnectTest, TheNameIsResolvedBeforeTheKernelIsAsked) {
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), Contains(HasSubstr("traddr=10.0.0.1,")));
}

TEST_F(ConnectTest, AConnectionThatIsThereIsUsedAsItIs) {
  machine_.ConnectAs(kNqn, kHost);
  const auto connection = Act();
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_FALSE(connection->made_now);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(ConnectTest, AConnectionThatIsComingBackIsWaitedFor) {
  machine_.ConnectAs(kNqn, kHost);
  machine_.SetControllerState("nvme0", "connecting");
  machine_.After(absl::Seconds(5), [this] { machine_.SetControllerState("nvme0", "live"); });
  EXPECT_TRUE(Act().ok());
}

TEST_F(ConnectTest, Pain13_AConnectionThatNeverComesBackIsAnErrorAndNotReady) {
  machine_.ConnectAs(kNqn, kHost);
  machine_.SetControllerState("nvme0", "connecting");
  const absl::Status status = Act().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Message(status), HasSubstr("nvme0 connecting"));
}

TEST_F(ConnectTest, WhatThisCallDidNotConnectItDoesNotDisconnect) {
  machine_.ConnectAs(kNqn, kHost);
  machine_.SetControllerState("nvme0", "connecting");
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(HasSubstr("delete_controller"))));
}

TEST_F(ConnectTest, STL_8_AConnectionOfAnotherAttachmentIsNeverJoined) {
  machine_.ConnectAs(kNqn, "nqn.2014-08.org.nvmexpress:uuid:older");
  const absl::Status status = Act().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

// --- beside an anchor ---

class ConnectBesideAnchorTest : public AnchorTest {
 protected:
  ConnectBesideAnchorTest() {
    EXPECT_TRUE(Make().ok());
    machine_.WriteUnsynced(kNqn);
    machine_.LoseConnection(kNqn);
    machine_.ClearJournal();
  }
  absl::StatusOr<Connection> Act(const HostIdentity& identity) {
    return Connect(machine_.host(),
                   {.address = {"rds", 4420}, .nqn = kNqn, .host = identity, .timeouts = {}},
                   Soon());
  }
};

TEST_F(ConnectBesideAnchorTest, STL_7_TheConnectionOfTheSameAttachmentJoinsTheDeviceThatIsThere) {
  const auto connection = Act(identity_);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(connection->device.device, "/dev/nvme0n1");
  EXPECT_TRUE(connection->made_now);
  EXPECT_FALSE(machine_.HasUnsynced(kNqn));
}

TEST_F(ConnectBesideAnchorTest, STL_8_ALaterAttachmentNeverJoinsADeviceWithOldPages) {
  EXPECT_EQ(Act(later_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(ConnectBesideAnchorTest, STL_8_AfterADisconnectOldPagesAreGoneAndALaterAttachmentConnects) {
  ASSERT_TRUE(Disconnect(machine_.host(), kNqn, Soon()).ok());
  const auto connection = Act(later_);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_NE(connection->device.device, "/dev/nvme0n1");
  EXPECT_THAT(machine_.journal(),
              Contains(std::string("lost pages ") + kNqn + " of " + identity_.nqn));
  EXPECT_THAT(machine_.WrongFlushes(), IsEmpty());
}

TEST_F(ConnectBesideAnchorTest, Pain02_AnAnchorAloneIsNoConnection) {
  machine_.target(kNqn).state = "connecting";
  const absl::Status status = Act(identity_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ConnectBesideAnchorTest, STL_7_AConnectThatFailsLeavesTheAnchorAndWhatWaits) {
  machine_.target(kNqn).state = "connecting";
  EXPECT_FALSE(Act(identity_).ok());
  EXPECT_THAT(WithoutAnchors(*FindControllers(files(), kNqn)), IsEmpty());
  EXPECT_TRUE(HasAnchorPath());
  EXPECT_TRUE(machine_.HasUnsynced(kNqn));
}

TEST_F(ConnectBesideAnchorTest, ANamespaceWithANewIdentityIsNotTakenForTheDeviceThatIsThere) {
  machine_.target(kNqn).uuid = "99999999-0000-4000-8000-000000000000";
  const absl::Status status = Act(identity_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Message(status), HasSubstr("another identity"));
  EXPECT_TRUE(HasAnchorPath());
}

// --- a device that outlived all its controllers ---

class ConnectToOrphanTest : public AnchorTest {
 protected:
  ConnectToOrphanTest() {
    machine_.LoseConnection(kNqn);
    machine_.HaveDelayedRemoval();
    machine_.ConnectAs(kNqn, identity_.nqn);
    device_ = Device().device;
    EXPECT_TRUE(
        files().Write("/sys/block/" + device_.substr(5) + "/delayed_removal_secs", "600").ok());
    machine_.LoseConnection(kNqn);
    machine_.ClearJournal();
  }
  absl::StatusOr<Connection> Act(Orphan orphan) {
    return Connect(machine_.host(),
                   {.address = {"rds", 4420}, .nqn = kNqn, .host = identity_, .timeouts = {}},
                   Soon(), orphan);
  }
  std::string device_;
};

TEST_F(ConnectToOrphanTest, STL_8_ADeviceThatNobodyVouchesForIsNotJoined) {
  EXPECT_EQ(Act(Orphan::kRefuse).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(ConnectToOrphanTest, STL_7_ADeviceThatTheCallerVouchesForIsJoined) {
  const auto connection = Act(Orphan::kJoin);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(connection->device.device, device_);
}

TEST_F(ConnectTest, ATargetThatCannotBeReachedIsNeverShownToTheKernel) {
  machine_.FailOn("reach", ECONNREFUSED);
  const absl::Status status = Act().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), HasSubstr("rds:4420"));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(ConnectTest, ATargetThatSwallowsPacketsIsUnavailable) {
  machine_.FailOn("reach", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  EXPECT_EQ(Act().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(5)) << "the call has other things to do";
}

TEST_F(ConnectTest, ANamespaceWithoutASizeIsNoDeviceYet) {
  machine_.target(kNqn).size_bytes = 0;
  EXPECT_FALSE(Act().ok());
}

TEST_F(ConnectTest, ARefusedHostIsUnavailableAndSaysWhoWasRefused) {
  machine_.target(kNqn).hosts = {"somebody else"};
  const absl::Status status = Act().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), HasSubstr(kHost));
}

TEST_F(ConnectTest, AKernelWithoutNvmeTcpIsToldWithTheCommandThatHelps) {
  for (const int error : {ENOENT, EINVAL}) {
    machine_.StopFailing();
    machine_.FailOn("exchange /dev/nvme-fabrics", error);
    const absl::Status status = Act().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(Message(status), HasSubstr("modprobe nvme_tcp"));
  }
}

TEST_F(ConnectTest, AConnectionSomebodyElseJustMadeIsUsed) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (!line.starts_with("connect ")) return;
    machine_.SetOnEffect(nullptr);
    machine_.ConnectAs(kNqn, kHost);
  });
  EXPECT_TRUE(Act().ok());
}

TEST_F(ConnectTest, AnotherInstanceNumberIsNoTrouble) {
  machine_.SetNextInstance(12);
  EXPECT_EQ(Act()->device.device, "/dev/nvme12n1");
}

TEST_F(ConnectTest, AMissingNamespaceEndsInAnErrorAndNothingIsLeft) {
  machine_.target(kNqn).has_namespace = false;
  const absl::Status status = Act().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Message(status), HasSubstr("no block device"));
  EXPECT_THAT(machine_.DevicesOf(kNqn), IsEmpty());
}

TEST_F(ConnectTest, Pain15_AMissedAnnouncementOfTheNamespaceIsAskedFor) {
  machine_.target(kNqn).has_namespace = false;
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(machine_.journal(), Contains("write /sys/class/nvme/nvme0/rescan_controller"));
}

TEST_F(ConnectTest, AHungConnectIsAbandonedAtTheDeadline) {
  machine_.FailOn("exchange", ETIMEDOUT);
  EXPECT_EQ(Act().status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace rds_csi
