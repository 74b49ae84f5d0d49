// SPDX-License-Identifier: Apache-2.0
// The control socket, and the reboot.
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "sim/base/status_macros.h"
#include "sim/testing/simulator_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

using ControlTest = SimulatorFixture;

TEST_F(ControlTest, CountsRoundTripsAndCommands) {
  Rest("GET", "/rest/disk");
  Ssh("/disk print; /file print");
  const Json counters = Json::parse(Control(R"({"do":"counters"})"));
  EXPECT_EQ(counters["round_trips"], 2);
  EXPECT_EQ(counters["commands"]["/disk/print"], 2);
  EXPECT_EQ(counters["commands"]["/file/print"], 1);
  EXPECT_EQ(counters["logins"]["rest"], 1);
  EXPECT_EQ(counters["logins"]["ssh"], 1);
}

TEST_F(ControlTest, ResetAnswersWithTheOldCountersAndStartsAtZero) {
  Rest("GET", "/rest/disk");
  EXPECT_EQ(Json::parse(Control(R"({"do":"reset-counters"})"))["round_trips"], 1);
  EXPECT_EQ(Json::parse(Control(R"({"do":"counters"})"))["round_trips"], 0);
}

TEST_F(ControlTest, LatencyIsAddedToEveryRoundTrip) {
  Control(R"({"do":"latency","round-trip-ms":100})");
  const auto start = Clock::now();
  Rest("GET", "/rest/disk");
  EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(100));
}

TEST_F(ControlTest, AFaultStrikesAsOftenAsItIsToldAndAfterWhatItSkips) {
  Control(R"({"do":"fault","match":"/disk/print","skip":1,"times":2,"text":"failure: x"})");
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 200);
  EXPECT_EQ(Rest("GET", "/rest/file").status, 200);
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 400);
  EXPECT_THAT(Control(R"({"do":"faults"})"), HasSubstr("\"pending\":1"));
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 400);
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 200);
}

TEST_F(ControlTest, ClearForgetsFaults) {
  Control(R"({"do":"fault","match":"","times":100})");
  Control(R"({"do":"clear"})");
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 200);
}

TEST_F(ControlTest, PoolsFillUpAndDegrade) {
  Control(R"({"do":"pool","slot":"storage-pool","full":true,"state":"degraded"})");
  const Json pool = Json::parse(Rest("GET", "/rest/disk/storage-pool").body);
  EXPECT_EQ(pool["free"], "0");
  EXPECT_EQ(pool["state"], "degraded");
  EXPECT_THAT(Control(R"({"do":"pool","slot":"nobody"})"), HasSubstr("no pool nobody"));
}

TEST_F(ControlTest, ARebootShutsTheDoorsForAWhile) {
  AddDisk("a");
  EXPECT_THAT(Control(R"({"do":"reboot","down-ms":300,"exports-ms":10})"), HasSubstr("true"));
  EXPECT_THAT(Control(R"({"do":"reboot"})"), HasSubstr("a reboot is going on"));
  bool was_shut = false;
  bool is_open = false;
  for (int i = 0; i < 300 && !(was_shut && is_open); ++i) {
    const bool reached = Rest("GET", "/rest/disk").reached;
    was_shut = was_shut || !reached;
    is_open = was_shut && reached;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(was_shut);
  EXPECT_TRUE(is_open);
  EXPECT_EQ(Ssh(":put [/disk get a slot]").text, "a\r\n");
}

TEST_F(ControlTest, ARebootDropsACommandThatIsUnderWay) {
  Control(R"({"do":"latency","round-trip-ms":500})");
  std::thread reboot([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    Control(R"({"do":"reboot","down-ms":1})");
  });
  EXPECT_FALSE(Rest("GET", "/rest/disk").reached);
  reboot.join();
}

TEST_F(ControlTest, SwitchesAreListedAndChanged) {
  EXPECT_THAT(Control(R"({"do":"assume"})"), HasSubstr(R"("existing-file":"refuse")"));
  EXPECT_THAT(Control(R"({"do":"assume","switch":"existing-file","value":"adopt"})"),
              HasSubstr(R"("existing-file":"adopt")"));
  EXPECT_THAT(Control(R"({"do":"assume","switch":"existing-file","value":"eat"})"),
              HasSubstr("existing-file=eat: not one of refuse, adopt"));
}

TEST_F(ControlTest, LinesRunPastTheDoors) {
  Control(R"({"do":"fault","match":"","times":100})");
  EXPECT_THAT(Control(R"({"do":"console","line":":put [/disk print count-only]"})"),
              HasSubstr(R"("output":"1\r\n")"));
}

TEST_F(ControlTest, WhatItCannotUnderstandIsAnswered) {
  for (const char* line :
       {"", "x", "[]", "{}", R"({"do":"dance"})", R"({"do":"pool"})",
        R"({"do":"user","write":"maybe"})", R"({"do":"fault","action":"x"})", R"({"do":7})"}) {
    EXPECT_THAT(Control(line), HasSubstr("\"ok\":false")) << line;
  }
}

TEST_F(ControlTest, EndsWhileACommandWaits) {
  Control(R"({"do":"latency","round-trip-ms":60000})");
  std::thread client([port = sim_->ssh_port(), key = flags_.credentials_dir + "/private-key"] {
    SshClient ssh(port);
    if (ssh.LoginWithKey("csi", key)) ssh.Run("/disk print");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto start = Clock::now();
  sim_.reset();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
  client.join();
}

TEST(OptionsTest, AllProblemsAreToldAtOnce) {
  Flags flags;
  flags.routeros = "6.49";
  flags.rest = "nonsense";
  flags.pools = {"p=1G:zfs", "q=1G", "q=2G"};
  flags.directories = {"/nowhere/d"};
  flags.assumptions = {"sky=green"};
  flags.exports = "floppy";
  flags.nvme_address = "rds.example";
  const std::string text(Message(CheckFlags(flags).status()));
  for (const char* part :
       {"--state-dir", "--routeros 6.49", "--rest nonsense", "p=1G:zfs", "--pool q: given twice",
        "--directory /nowhere/d", "no switch sky", "--export floppy", "--nvme-address"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(OptionsTest, BothDoorsOnOneAddressContradict) {
  Flags flags;
  flags.state_dir = "/tmp/x";
  flags.rest = flags.ssh = "127.0.0.1:8443";
  EXPECT_THAT(std::string(Message(CheckFlags(flags).status())), HasSubstr("both are"));
}

TEST(AddressTest, TakesNamesAndBothKindsOfAddresses) {
  EXPECT_EQ(ParseAddress("127.0.0.1:80")->port, 80);
  EXPECT_EQ(ParseAddress("[::1]:0")->host, "::1");
  EXPECT_EQ(ParseAddress("rds.example:443")->host, "rds.example");
  EXPECT_EQ(ParseAddress(":1")->host, "");
  for (const char* text : {"", "a", "a:", "a:x", "a:70000", "::1:80"}) {
    EXPECT_FALSE(ParseAddress(text).ok()) << text;
  }
}

}  // namespace
}  // namespace rds_csi::sim
