// SPDX-License-Identifier: Apache-2.0
#include "nvme/fabrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

FabricsTarget Target() {
  return {.address = {"10.0.0.1", 4420},
          .nqn = "nqn.2000-02.com.mikrotik:pvc-1",
          .host = {"nqn.2014-08.org.nvmexpress:uuid:u", "u"},
          .timeouts = {}};
}

TEST(FabricsTest, OptionsAreWhatTheKernelReads) {
  EXPECT_EQ(*FabricsOptions(Target()),
            "transport=tcp,traddr=10.0.0.1,trsvcid=4420,nqn=nqn.2000-02.com.mikrotik:pvc-1,"
            "hostnqn=nqn.2014-08.org.nvmexpress:uuid:u,hostid=u,reconnect_delay=5,"
            "ctrl_loss_tmo=-1");
}

TEST(FabricsTest, AKeepAliveIsPassedOnWhenOneWasSet) {
  FabricsTarget target = Target();
  target.timeouts.keep_alive_seconds = 7;
  EXPECT_THAT(*FabricsOptions(target), testing::HasSubstr(",keep_alive_tmo=7"));
}

TEST(FabricsTest, AnUpperBoundForTheQueuesIsPassedOnWhenOneWasSet) {
  FabricsTarget target = Target();
  target.io_queues = 1;
  EXPECT_THAT(*FabricsOptions(target), testing::EndsWith(",nr_io_queues=1"));
}

TEST(FabricsTest, VOL_3_NoLossTimeoutIsTheKernelsDefaultAndNotNone) {
  FabricsTarget target = Target();
  target.timeouts.ctrl_loss_seconds = 0;
  EXPECT_THAT(*FabricsOptions(target), testing::Not(testing::HasSubstr("ctrl_loss_tmo")));
}

TEST(FabricsTest, AnIpv6AddressNeedsNoBrackets) {
  FabricsTarget target = Target();
  target.address.host = "fe80::1%eth0";
  EXPECT_THAT(*FabricsOptions(target), testing::HasSubstr("traddr=fe80::1%eth0,"));
}

TEST(FabricsTest, NoValueCanSmuggleInAnotherOption) {
  for (const char* evil : {"x,duplicate_connect", "x\nnqn=y", "x y", "", "x\x7f"}) {
    FabricsTarget target = Target();
    target.nqn = evil;
    EXPECT_EQ(FabricsOptions(target).status().code(), absl::StatusCode::kInvalidArgument) << evil;
  }
}

TEST(FabricsTest, TheReplyNamesTheController) {
  EXPECT_EQ(*ParseFabricsReply("instance=3,cntlid=1\n"), "nvme3");
}

TEST(FabricsTest, AnyOtherReplyIsAnErrorThatQuotesIt) {
  for (const char* reply : {"", "instance=-1,cntlid=-1", "instance=x", "cntlid=1\n"}) {
    EXPECT_EQ(ParseFabricsReply(reply).status().code(), absl::StatusCode::kInternal) << reply;
  }
}

}  // namespace
}  // namespace rds_csi
