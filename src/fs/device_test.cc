// SPDX-License-Identifier: Apache-2.0
#include "fs/device.h"

#include <gtest/gtest.h>

#include "host/fake_host.h"

namespace rds_csi {
namespace {

class DeviceTest : public testing::Test {
 protected:
  DeviceTest() {
    machine_.Export("nqn", 1 << 20);
    device_ = machine_.ConnectAs("nqn", "h");
  }
  FakeHost machine_;
  std::string device_;
};

TEST_F(DeviceTest, PUB_3_WhatIsSetIsWhatIsRead) {
  EXPECT_FALSE(*IsReadOnly(machine_.host().files, device_));
  ASSERT_TRUE(
      SetReadOnly(machine_.host().exec, device_, true, machine_.clock().Now() + absl::Seconds(5))
          .ok());
  EXPECT_TRUE(*IsReadOnly(machine_.host().files, device_));
}

TEST_F(DeviceTest, ADeviceThatIsGoneIsNotFound) {
  EXPECT_EQ(IsReadOnly(machine_.host().files, "/dev/nvme9n1").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rds_csi
