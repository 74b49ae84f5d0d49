// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/status.h"
#include "host/files.h"

namespace rds_csi {
namespace {

TEST(DeviceNumberTest, ReadsWhatItWrites) {
  for (const char* text : {"0:0", "259:1", "4095:1048575", "4294967295:4294967295"}) {
    const absl::StatusOr<DeviceNumber> number = ParseDeviceNumber(text);
    ASSERT_TRUE(number.ok()) << text;
    EXPECT_EQ(ToString(*number), text);
  }
}

TEST(DeviceNumberTest, RefusesEverythingElseAndNamesIt) {
  for (const char* text : {"", ":", "259", "259:", ":1", "259:1:2", "259:1\n", " 259:1", "-1:2",
                           "+1:2", "0x1:2", "4294967296:0", "a:b"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseDeviceNumber(text).status())) << text;
  }
  EXPECT_EQ(Message(ParseDeviceNumber("loop0").status()),
            "\"loop0\" is no device number (major:minor)");
}

}  // namespace
}  // namespace rds_csi
