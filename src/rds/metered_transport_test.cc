// SPDX-License-Identifier: Apache-2.0
#include "rds/metered_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fake_clock.h"
#include "rds/fake_router_os.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class MeteredTransportTest : public testing::Test {
 protected:
  static RosCommand Command(RosCommand::Verb verb) {
    RosCommand command;
    command.menu = "/disk";
    command.verb = verb;
    return command;
  }
  auto Print() {
    return metered_.Run(Command(RosCommand::Verb::kPrint), clock_.Now() + absl::Seconds(5));
  }

  FakeClock clock_;
  FakeRouterOs rds_;
  Metrics metrics_{"1", "controller"};
  MeteredTransport metered_{rds_, metrics_, clock_};
};

TEST_F(MeteredTransportTest, MET_1_EveryRoundTripIsCountedAndTimed) {
  rds_.before = [this](const RosCommand&) { clock_.Advance(absl::Milliseconds(30)); };
  EXPECT_THAT(*Print(), SizeIs(1));
  const std::string text = metrics_.Text();
  EXPECT_THAT(
      text, HasSubstr("rds_csi_rds_commands_total{code=\"OK\",menu=\"/disk\",verb=\"print\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("duration_seconds_bucket{menu=\"/disk\",verb=\"print\",le=\"0.025\"} "
                              "0\n"));
  EXPECT_THAT(text, HasSubstr("duration_seconds_bucket{menu=\"/disk\",verb=\"print\",le=\"0.05\"} "
                              "1\n"));
}

TEST_F(MeteredTransportTest, MET_1_AFailureIsCountedByItsCodeAndPassedOn) {
  rds_.FailNext("/disk print", FakeRouterOs::Fault::kLostReply);
  EXPECT_EQ(Print().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(metrics_.Text(), HasSubstr("{code=\"DEADLINE_EXCEEDED\",menu=\"/disk\","));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("code=\"OK\"")));
}

TEST_F(MeteredTransportTest, MET_1_NoValueOfACommandGetsIntoTheMetrics) {
  RosCommand command = Command(RosCommand::Verb::kSet);
  command.id = "*1F";
  command.values = {{"comment", "tattletale"}};
  (void)metered_.Run(command, clock_.Now() + absl::Seconds(5));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("tattletale")));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("1F")));
}

}  // namespace
}  // namespace rds_csi
