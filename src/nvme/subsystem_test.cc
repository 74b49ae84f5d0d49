// SPDX-License-Identifier: Apache-2.0
#include "nvme/subsystem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/fake_host.h"

namespace rds_csi {
namespace {

constexpr char kNqn[] = "nqn.2000-02.com.mikrotik:pvc-1";

class SubsystemTest : public testing::Test {
 protected:
  SubsystemTest() {
    machine_.Export(kNqn, 1 << 30);
    machine_.Export("nqn.2000-02.com.mikrotik:pvc-10", 1 << 20);
  }
  Files& files() { return machine_.host().files; }
  FakeHost machine_;
};

TEST_F(SubsystemTest, NothingIsFoundBeforeAnythingWasEverConnected) {
  EXPECT_THAT(FindControllers(files(), kNqn)->size(), 0);
  EXPECT_EQ(FindNamespace(files(), kNqn)->has_value(), false);
}

TEST_F(SubsystemTest, AControllerIsFoundByItsSubsystem) {
  machine_.ConnectAs(kNqn, "host-a");
  const auto controllers = FindControllers(files(), kNqn);
  ASSERT_EQ(controllers->size(), 1u);
  EXPECT_EQ((*controllers)[0].name, "nvme0");
  EXPECT_EQ((*controllers)[0].state, "live");
  EXPECT_EQ((*controllers)[0].host_nqn, "host-a");
}

TEST_F(SubsystemTest, AnNqnThatIsThePrefixOfAnotherIsToldApart) {
  machine_.ConnectAs("nqn.2000-02.com.mikrotik:pvc-10", "host-a");
  EXPECT_TRUE(FindControllers(files(), kNqn)->empty());
  EXPECT_FALSE(FindNamespace(files(), kNqn)->has_value());
}

TEST_F(SubsystemTest, Pain14_TheDeviceIsFoundUnderWhateverNameItHas) {
  machine_.SetNextInstance(7);
  machine_.ConnectAs(kNqn, "host-a");
  const auto device = FindNamespace(files(), kNqn);
  ASSERT_TRUE(device->has_value());
  EXPECT_EQ((*device)->device, "/dev/nvme7n1");
  EXPECT_EQ((*device)->number, (DeviceNumber{259, 7}));
  EXPECT_EQ((*device)->size_bytes, 1 << 30);
}

TEST_F(SubsystemTest, HiddenPathsAreNoDevices) {  // nvme0c0n1 has the same subsysnqn
  machine_.ConnectAs(kNqn, "host-a");
  EXPECT_EQ((*FindNamespace(files(), kNqn))->device, "/dev/nvme0n1");
}

TEST_F(SubsystemTest, TwoDevicesOfOneVolumeAreRefused) {
  machine_.ConnectAs(kNqn, "host-a");
  machine_.target(kNqn).nsid = 2;
  machine_.ConnectAs(kNqn, "host-b");
  EXPECT_EQ(FindNamespace(files(), kNqn).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SubsystemTest, AHalfMadeControllerIsNoneOfOurs) {
  machine_.AddFile("/sys/class/nvme/nvme3/subsysnqn", "(efault)\n");
  EXPECT_TRUE(FindControllers(files(), kNqn)->empty());
}

TEST_F(SubsystemTest, ADeviceThatGoesWhileWeLookIsNone) {
  machine_.ConnectAs(kNqn, "host-a");
  machine_.FailOn("read /sys/block/nvme0n1/size", ENODEV);
  EXPECT_FALSE(FindNamespace(files(), kNqn)->has_value());
}

TEST_F(SubsystemTest, ADeviceThatGoesDoesNotHideTheOneThatIsThere) {
  machine_.SetNextInstance(5);
  machine_.ConnectAs(kNqn, "host-a");
  for (const std::string folder : {"/sys/block/nvme1n1/device", "/sys/block/nvme9n1/device"}) {
    machine_.AddDirectory(folder);
    machine_.AddFile(folder + "/subsysnqn", std::string(kNqn) + "\n");
  }
  EXPECT_TRUE((*FindNamespace(files(), kNqn)).has_value());
  EXPECT_TRUE(FindSubsystems(files(), kNqn)->at(kNqn).head.has_value());
}

TEST_F(SubsystemTest, ASizeThatCannotBeIsNone) {
  machine_.ConnectAs(kNqn, "host-a");
  for (const char* sectors : {"-1", "9223372036854775807", "many"}) {
    machine_.AddFile("/sys/block/nvme0n1/size", sectors);
    EXPECT_FALSE((*FindNamespace(files(), kNqn)).has_value()) << sectors;
  }
}

TEST_F(SubsystemTest, ABlockDeviceIsFoundByItsNumber) {
  machine_.ConnectAs(kNqn, "host-a");
  EXPECT_TRUE(IsBlockDevice(files(), {259, 0}));
  EXPECT_EQ(FindNqn(files(), {259, 0}), kNqn);
  EXPECT_FALSE(IsBlockDevice(files(), {259, 1}));
  EXPECT_EQ(FindNqn(files(), {259, 1}), std::nullopt);
}

TEST_F(SubsystemTest, WhatCannotBeToldIsHeldToBeABlockDevice) {
  machine_.FailOn("stat /sys/dev/block", EACCES);
  EXPECT_TRUE(IsBlockDevice(files(), {259, 1}));
}

TEST_F(SubsystemTest, ANamespaceIsReadWithWhatIdentifiesIt) {
  machine_.target(kNqn).nguid = "11111111-2222-3333-4444-555555555555";
  machine_.target(kNqn).eui = "00 11 22 33 44 55 66 77";
  machine_.ConnectAs(kNqn, "host-a");
  const NvmeNamespace device = **FindNamespace(files(), kNqn);
  EXPECT_EQ(device.nsid, 1);
  EXPECT_EQ(device.uuid, machine_.target(kNqn).uuid);
  EXPECT_EQ(device.nguid, machine_.target(kNqn).nguid);
  EXPECT_EQ(device.eui, "00 11 22 33 44 55 66 77");
  EXPECT_EQ(device.block_bytes, 512);
}

TEST_F(SubsystemTest, AnNguidThatTheKernelShowsAsUuidIsNone) {
  machine_.target(kNqn).nguid = "11111111-2222-3333-4444-555555555555";
  machine_.target(kNqn).uuid = "11111111-2222-3333-4444-555555555555";
  machine_.ConnectAs(kNqn, "host-a");
  EXPECT_EQ((*FindNamespace(files(), kNqn))->uuid, "");
}

TEST_F(SubsystemTest, ThePathsOfAHeadAreThoseThatItsNameStartsWith) {
  machine_.ConnectAs(kNqn, "host-a");
  machine_.ConnectAs("nqn.2000-02.com.mikrotik:pvc-10", "host-a");
  machine_.ConnectAs(kNqn, "host-b");
  const auto paths = FindPaths(files(), **FindNamespace(files(), kNqn));
  ASSERT_EQ(paths->size(), 2u);
  EXPECT_EQ((*paths)[0].name, "nvme0c0n1");
  EXPECT_EQ((*paths)[1].name, "nvme0c2n1");
  EXPECT_EQ((*paths)[1].controller, "nvme2");
  EXPECT_EQ((*paths)[1].ana_state, "optimized");
  EXPECT_EQ((*paths)[1].size_bytes, 1 << 30);
}

}  // namespace
}  // namespace rds_csi
