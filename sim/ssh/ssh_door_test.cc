// SPDX-License-Identifier: Apache-2.0
// SSH over a real socket.
#include <gmock/gmock.h>

#include "sim/base/files.h"
#include "sim/testing/simulator_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::HasSubstr;

using SshDoorTest = SimulatorFixture;

TEST_F(SshDoorTest, RunsALineAndEndsWithItsStatus) {
  const SshAnswer answer = Ssh(":put [/system identity get name]");
  EXPECT_TRUE(answer.reached);
  EXPECT_EQ(answer.text, "MikroTik\r\n");
  EXPECT_EQ(answer.exit_status, 0);
}

TEST_F(SshDoorTest, BothDoorsShowOneTable) {
  AddDisk("a");
  EXPECT_EQ(Ssh(":put [/disk get [find slot=a] size]").text, "1073741824\r\n");
  EXPECT_EQ(Ssh("/disk remove [find slot=a]").text, "");
  EXPECT_EQ(Rest("GET", "/rest/disk?slot=a").body, "[]");
}

TEST_F(SshDoorTest, ErrorsAreOutputAndTheExitStatusSaysNothing) {
  const SshAnswer answer = Ssh("/disk set *99 comment=x");
  EXPECT_EQ(answer.text, "no such item\r\n");
  EXPECT_EQ(answer.exit_status, 0);
}

TEST_F(SshDoorTest, TheExitStatusMayTellOfErrors) {
  Control(R"({"do":"assume","switch":"ssh-exit-status","value":"1"})");
  EXPECT_EQ(Ssh("/disk set *99 comment=x").exit_status, 1);
  EXPECT_EQ(Ssh("/disk print").exit_status, 0);
}

TEST_F(SshDoorTest, OnlyTheImportedKeyIsTaken) {
  const std::string path = dir_.path() + "/stranger";
  ASSERT_TRUE(ProvideSshKey(path, SshKeyType::kEd25519).ok());
  SshClient stranger(sim_->ssh_port());
  EXPECT_FALSE(stranger.LoginWithKey("csi", path));
  SshClient other_name(sim_->ssh_port());
  EXPECT_FALSE(other_name.LoginWithKey("admin", flags_.credentials_dir + "/private-key"));
}

TEST_F(SshDoorTest, APasswordIsRefusedOnceAKeyIsImported) {
  const std::string password = sim_->credentials().password;
  EXPECT_FALSE(SshWithPassword(password, ":put x").reached);
  Control(R"({"do":"assume","switch":"ssh-password","value":"yes"})");
  EXPECT_EQ(SshWithPassword(password, ":put x").text, "x\r\n");
  EXPECT_FALSE(SshWithPassword("wrong", ":put x").reached);
}

TEST_F(SshDoorTest, OneSessionRunsCommandAfterCommand) {
  SshClient client(sim_->ssh_port());
  ASSERT_TRUE(client.LoginWithKey("csi", flags_.credentials_dir + "/private-key"));
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(client.Run(":put " + std::to_string(i)).text, std::to_string(i) + "\r\n");
  }
  EXPECT_THAT(Control(R"({"do":"counters"})"), HasSubstr(R"("logins":{"ssh":1})"));
}

TEST_F(SshDoorTest, ASecondCommandAtATimeIsRefusedUnlessAssumedOtherwise) {
  SshClient client(sim_->ssh_port());
  ASSERT_TRUE(client.LoginWithKey("csi", flags_.credentials_dir + "/private-key"));
  ssh_channel first = client.OpenChannel();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(client.OpenChannel(), nullptr);
  Control(R"({"do":"assume","switch":"ssh-channels","value":"2"})");
  EXPECT_EQ(client.Run(":put x").text, "x\r\n");
  ssh_channel_free(first);
}

TEST_F(SshDoorTest, MoreSessionsThanAllowedAreRefused) {
  Control(R"({"do":"assume","switch":"ssh-sessions","value":"1"})");
  const std::string key = flags_.credentials_dir + "/private-key";
  auto first = std::make_unique<SshClient>(sim_->ssh_port());
  ASSERT_TRUE(first->LoginWithKey("csi", key));
  EXPECT_FALSE(SshClient(sim_->ssh_port()).LoginWithKey("csi", key));
  first.reset();
  bool again = false;
  for (int i = 0; i < 100 && !again; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    again = SshClient(sim_->ssh_port()).LoginWithKey("csi", key);
  }
  EXPECT_TRUE(again);
}

TEST_F(SshDoorTest, DropsCloseTheConnection) {
  Control(R"({"do":"fault","action":"drop-after","match":"/disk/set","door":"ssh"})");
  EXPECT_FALSE(Ssh("/disk set storage-pool comment=x").reached);
  EXPECT_EQ(Ssh(":put [/disk get storage-pool comment]").text, "x\r\n");
}

TEST_F(SshDoorTest, InjectedErrorsReadLikeRealOnes) {
  Control(R"({"do":"fault","match":"/disk/add","text":"failure: not enough space","door":"ssh"})");
  EXPECT_EQ(Ssh("/disk add type=file slot=a file-path=/storage-pool/v/a file-size=1M").text,
            "failure: not enough space\r\n");
}

TEST_F(SshDoorTest, AReadOnlyUserIsToldSo) {
  Control(R"({"do":"user","write":false})");
  EXPECT_EQ(Ssh("/disk remove storage-pool").text, "std failure: not allowed (9)\r\n");
}

TEST_F(SshDoorTest, MegabytesOfOutputArrive) {
  for (int i = 0; i < 300; ++i) {
    Ssh("/disk add type=file slot=d" + std::to_string(i) + " file-path=/storage-pool/v/" +
        std::to_string(i) + " file-size=1M comment=" + std::string(10000, 'x'));
  }
  EXPECT_GT(Ssh(":put [:serialize to=json [/disk print as-value]]").text.size(), 3000000U);
}

TEST_F(SshDoorTest, AnRsaHostKeyWorks) {
  flags_.ssh_host_key = "rsa";
  Start();
  EXPECT_THAT(sim_->credentials().host_key_line, testing::StartsWith("ssh-rsa "));
  EXPECT_EQ(Ssh(":put x").text, "x\r\n");
}

TEST_F(SshDoorTest, CredentialsSurviveARestart) {
  const std::string host_key = sim_->credentials().host_key_line;
  const std::string password = sim_->credentials().password;
  const auto certificate = ReadFile(flags_.credentials_dir + "/server.crt");
  Start();
  EXPECT_EQ(sim_->credentials().host_key_line, host_key);
  EXPECT_EQ(sim_->credentials().password, password);
  EXPECT_EQ(*ReadFile(flags_.credentials_dir + "/server.crt"), *certificate);
}

TEST_F(SshDoorTest, ANewNameMakesANewCertificateOfTheSameCa) {
  const auto ca = ReadFile(flags_.credentials_dir + "/ca.crt");
  const auto certificate = ReadFile(flags_.credentials_dir + "/server.crt");
  flags_.names = {"rds.example"};
  Start();
  EXPECT_EQ(*ReadFile(flags_.credentials_dir + "/ca.crt"), *ca);
  EXPECT_NE(*ReadFile(flags_.credentials_dir + "/server.crt"), *certificate);
  EXPECT_EQ(Rest("GET", "/rest/disk").status, 200);
}

}  // namespace
}  // namespace rds_csi::sim
