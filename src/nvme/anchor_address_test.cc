// SPDX-License-Identifier: Apache-2.0
#include "nvme/anchor_address.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

TEST(AnchorAddressTest, AnAnchorIsKnownByAddressAndPort) {
  EXPECT_TRUE(IsAnchorAddress("traddr=127.0.0.1,trsvcid=4499"));
  EXPECT_TRUE(IsAnchorAddress("traddr=127.0.0.1,trsvcid=4499,src_addr=127.0.0.1"));
}

TEST(AnchorAddressTest, AnRdsIsNoAnchor) {
  for (const char* address : {
           "traddr=10.0.0.1,trsvcid=4499",    // the port alone says nothing
           "traddr=127.0.0.1,trsvcid=4420",   // a simulated RDS on this machine
           "traddr=127.0.0.1,trsvcid=44990",  // a longer number
           "traddr=127.0.0.10,trsvcid=4499",
           "traddr=10.0.0.1,trsvcid=4420,src_addr=127.0.0.1",
           "xtraddr=127.0.0.1,trsvcid=4499",
           "",
       }) {
    EXPECT_FALSE(IsAnchorAddress(address)) << address;
  }
}

TEST(AnchorAddressTest, ControllersAreToldApart) {
  const std::vector<NvmeController> all = {{"nvme0", "live", "traddr=10.0.0.1,trsvcid=4420", "h"},
                                           {"nvme1", "live", "traddr=127.0.0.1,trsvcid=4499", "h"}};
  ASSERT_EQ(WithoutAnchors(all).size(), 1u);
  EXPECT_EQ(WithoutAnchors(all)[0].name, "nvme0");
  ASSERT_EQ(OnlyAnchors(all).size(), 1u);
  EXPECT_EQ(OnlyAnchors(all)[0].name, "nvme1");
}

}  // namespace
}  // namespace rds_csi
