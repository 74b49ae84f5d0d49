// SPDX-License-Identifier: Apache-2.0
#include "rds/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/status.h"

namespace rds_csi {
namespace {

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { Write("username", "csi\n"); }
  ~CredentialsTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << text;
  }

  absl::Status Read() { return ReadCredentials(directory_).status(); }

  std::string directory_ = [] {
    std::string name = testing::TempDir() + "/credentials-XXXXXX";
    return std::string(mkdtemp(name.data()));
  }();
};

TEST_F(CredentialsTest, ReadsEveryFile) {
  Write("password", "pass word\n");
  Write("private-key", "KEY\n");
  Write("host-key", "SHA256:x\n");
  Write("ca.crt", "CA");
  Write("server.crt", "CERT");
  const auto credentials = ReadCredentials(directory_);
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(*credentials, (Credentials{"csi", "pass word", "KEY\n", "SHA256:x", "CA", "CERT"}));
}

TEST_F(CredentialsTest, FilesThatAreNotThereAreEmpty) {
  EXPECT_EQ(*ReadCredentials(directory_), (Credentials{"csi", "", "", "", "", ""}));
}

TEST_F(CredentialsTest, AMissingUsernameIsNamed) {
  std::filesystem::remove(directory_ + "/username");
  EXPECT_EQ(Read().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(Read()).find("username"), std::string::npos);
}

TEST_F(CredentialsTest, AnEmptyFileIsNamed) {
  Write("password", "\n");
  EXPECT_NE(Message(Read()).find("/password is empty"), std::string::npos);
}

TEST_F(CredentialsTest, AnOversizedFileIsNamed) {
  Write("ca.crt", std::string(70'000, 'x'));
  EXPECT_NE(Message(Read()).find("/ca.crt is larger than 65536 bytes"), std::string::npos);
}

TEST_F(CredentialsTest, AFileThatCannotBeReadIsNamed) {
  std::filesystem::create_directory(directory_ + "/host-key");
  EXPECT_EQ(Read().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(Read()).find("/host-key"), std::string::npos);
}

TEST_F(CredentialsTest, FollowsTheLinksOfAMountedSecret) {
  std::filesystem::create_directory(directory_ + "/..data");
  Write("..data/password", "old");
  std::filesystem::create_symlink("..data/password", directory_ + "/password");
  EXPECT_EQ(ReadCredentials(directory_)->password, "old");
  Write("..data/password", "new");
  EXPECT_EQ(ReadCredentials(directory_)->password, "new");
}

TEST_F(CredentialsTest, RestNeedsAPasswordAndAnAnchorOfTrust) {
  const absl::Status status = CheckForRest(Credentials{"csi", "", "", "", "", ""}, "/secret");
  EXPECT_EQ(Message(status), "credentials: /secret lacks password and ca.crt (or server.crt)");
  EXPECT_TRUE(CheckForRest(Credentials{"csi", "p", "", "", "CA", ""}, "/secret").ok());
}

TEST_F(CredentialsTest, AServerCertificateThatIsNoneIsNamed) {
  const absl::Status status = CheckForRest(Credentials{"csi", "p", "", "", "", "x"}, "/secret");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(status).find("server.crt"), std::string::npos);
}

TEST_F(CredentialsTest, SshNeedsALoginAndAHostKey) {
  const absl::Status status = CheckForSsh(Credentials{"csi", "", "", "", "", ""}, "/secret", true);
  EXPECT_EQ(Message(status), "credentials: /secret lacks private-key (or password) and host-key");
  EXPECT_TRUE(CheckForSsh(Credentials{"csi", "", "KEY", "PIN", "", ""}, "/secret", true).ok());
}

TEST_F(CredentialsTest, SshGoesWithoutAHostKeyOnlyWhenToldTo) {
  const Credentials unpinned{"csi", "p", "", "", "", ""};
  EXPECT_FALSE(CheckForSsh(unpinned, "/secret", true).ok());
  EXPECT_TRUE(CheckForSsh(unpinned, "/secret", false).ok());
}

TEST_F(CredentialsTest, NoMessageHoldsASecret) {
  Write("password", "hunter2");
  Write("private-key", "hunter3");
  Write("ca.crt", "");
  EXPECT_EQ(Message(Read()).find("hunter"), std::string::npos);
}

}  // namespace
}  // namespace rds_csi
