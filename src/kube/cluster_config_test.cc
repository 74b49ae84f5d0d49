// SPDX-License-Identifier: Apache-2.0
#include "kube/cluster_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kCa = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

class InClusterConfigTest : public testing::Test {
 protected:
  InClusterConfigTest() {
    std::string folder = testing::TempDir() + "pod-XXXXXX";
    environment_ = {"10.0.0.1", "6443", mkdtemp(folder.data())};
    Write("ca.crt", kCa);
    Write("token", "secret\n");
    Write("namespace", "storage");
  }
  ~InClusterConfigTest() override { std::filesystem::remove_all(environment_.folder); }

  void Write(const std::string& file, const std::string& text) const {
    std::ofstream(environment_.folder + "/" + file, std::ios::binary) << text;
  }
  absl::StatusOr<ClusterConfig> Read() const { return ReadInClusterConfig(environment_); }
  std::string Refusal() const {
    const auto config = Read();
    EXPECT_TRUE(absl::IsFailedPrecondition(config.status()));
    return Message(config.status());
  }

  PodEnvironment environment_;
};

TEST_F(InClusterConfigTest, ReadsWhatKubeletPutThere) {
  const auto config = Read();
  ASSERT_TRUE(config.ok()) << Message(config.status());
  EXPECT_EQ(ServerUrl(*config), "https://10.0.0.1:6443");
  EXPECT_EQ(config->ca_file, environment_.folder + "/ca.crt");
  EXPECT_EQ(config->token_file, environment_.folder + "/token");
  EXPECT_EQ(config->token, "");
  EXPECT_EQ(config->name_space, "storage");
}

TEST_F(InClusterConfigTest, TakesAnIpv6AddressWithAndWithoutBrackets) {
  for (const char* const host : {"fd00::1", "[fd00::1]"}) {
    environment_.host = host;
    EXPECT_EQ(ServerUrl(*Read()), "https://[fd00::1]:6443") << host;
  }
}

TEST_F(InClusterConfigTest, WithoutAPortItIsThatOfHttps) {
  environment_.port = "";
  EXPECT_EQ(ServerUrl(*Read()), "https://10.0.0.1:443");
}

TEST_F(InClusterConfigTest, TakesAFileOfExactlyTheLargestSize) {
  Write("namespace", "storage" + std::string((1 << 20) - 7, '\n'));
  EXPECT_EQ(Read()->name_space, "storage");
}

TEST_F(InClusterConfigTest, NamesTheVariableThatIsWrong) {
  environment_.port = "https";
  EXPECT_THAT(Refusal(), HasSubstr("KUBERNETES_SERVICE_PORT"));
  environment_ = {"a b", "443", environment_.folder};
  EXPECT_THAT(Refusal(), HasSubstr("KUBERNETES_SERVICE_HOST"));
  environment_.host = "";
  EXPECT_THAT(Refusal(), HasSubstr("KUBERNETES_SERVICE_HOST"));
}

TEST_F(InClusterConfigTest, NamesTheFileThatIsMissingOrEmptyOrTooLarge) {
  for (const char* const file : {"ca.crt", "token", "namespace"}) {
    const std::string path = environment_.folder + "/" + file;
    const std::string text = *ReadConfigFile(path);
    std::filesystem::remove(path);
    EXPECT_THAT(Refusal(), AllOf(HasSubstr(path), HasSubstr("cannot be read")));
    Write(file, " \n");
    EXPECT_THAT(Refusal(), AllOf(HasSubstr(path), HasSubstr("is empty")));
    Write(file, std::string((1 << 20) + 1, 'x'));
    EXPECT_THAT(Refusal(), AllOf(HasSubstr(path), HasSubstr("is larger than 1048576 bytes")));
    Write(file, text);
  }
}

TEST_F(InClusterConfigTest, ACaThatIsNoCertificateIsRefused) {
  Write("ca.crt", "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n");
  EXPECT_THAT(Refusal(), HasSubstr("ca.crt holds no CERTIFICATE in PEM form"));
}

TEST(PodEnvironmentTest, OutsideAPodThereIsNone) {
  unsetenv("KUBERNETES_SERVICE_HOST");
  unsetenv("KUBERNETES_SERVICE_PORT");
  EXPECT_FALSE(PodEnvironment::OfThisProcess());
  setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
  EXPECT_EQ(PodEnvironment::OfThisProcess()->host, "10.0.0.1");
  unsetenv("KUBERNETES_SERVICE_HOST");
  setenv("KUBERNETES_SERVICE_PORT", "6443", 1);
  EXPECT_TRUE(PodEnvironment::OfThisProcess()) << "half of it is a mistake, and said to be one";
  unsetenv("KUBERNETES_SERVICE_PORT");
}

}  // namespace
}  // namespace rds_csi
