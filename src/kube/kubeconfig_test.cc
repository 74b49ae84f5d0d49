// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kCertificate = "-----BEGIN CERTIFICATE-----\nMA==\n";
constexpr const char* kKey = "-----BEGIN EC PRIVATE KEY-----\nMA==\n";

std::string Encoded(const std::string& text) { return absl::Base64Escape(text); }

class KubeconfigTest : public testing::Test {
 protected:
  KubeconfigTest() {
    std::string folder = testing::TempDir() + "kubeconfig-XXXXXX";
    folder_ = mkdtemp(folder.data());
    cluster_ = fmt::format("server: https://10.0.0.1:6443\n    certificate-authority-data: {}",
                           Encoded(kCertificate));
    user_ = "token: secret";
  }
  ~KubeconfigTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ + "/" + file, std::ios::binary) << text;
  }
  std::string Text() const {
    return fmt::format(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
        "contexts:\n- name: there\n  context: {{cluster: x, user: y}}\n"
        "- name: here\n  context:\n    cluster: prod\n    user: me\n    {}\n"
        "clusters:\n- name: prod\n  cluster:\n    {}\n"
        "users:\n- name: me\n  user:\n    {}\n",
        context_, cluster_, user_);
  }
  absl::StatusOr<ClusterConfig> Read() const {
    return ParseKubeconfig(Text(), folder_ + "/config");
  }
  std::string Refusal() const {
    const auto config = Read();
    EXPECT_TRUE(absl::IsFailedPrecondition(config.status())) << Text();
    EXPECT_THAT(Message(config.status()), HasSubstr(folder_));
    return Message(config.status());
  }

  std::string folder_;
  std::string context_;
  std::string cluster_;
  std::string user_;
};

TEST_F(KubeconfigTest, ReadsTheCurrentContext) {
  context_ = "namespace: storage";
  const auto config = Read();
  ASSERT_TRUE(config.ok()) << Message(config.status());
  EXPECT_EQ(ServerUrl(*config), "https://10.0.0.1:6443");
  EXPECT_EQ(config->ca, kCertificate);
  EXPECT_EQ(config->token, "secret");
  EXPECT_EQ(config->name_space, "storage");
}

TEST_F(KubeconfigTest, TheFileItselfIsReadAndNamed) {
  Write("config", Text());
  EXPECT_TRUE(ReadKubeconfig(folder_ + "/config").ok());
  EXPECT_THAT(Message(ReadKubeconfig(folder_ + "/none").status()),
              HasSubstr(folder_ + "/none cannot be read"));
}

TEST_F(KubeconfigTest, KeepsAPathPrefixAndFindsTheDefaultPort) {
  cluster_ = fmt::format(
      "server: https://rancher.example/k8s/clusters/c-1/\n"
      "    tls-server-name: api.example\n    certificate-authority-data: {}",
      Encoded(kCertificate));
  const auto config = Read();
  ASSERT_TRUE(config.ok()) << Message(config.status());
  EXPECT_EQ(ServerUrl(*config), "https://rancher.example:443/k8s/clusters/c-1");
  EXPECT_EQ(config->server_name, "api.example");
  EXPECT_EQ(config->name_space, "default");
}

TEST_F(KubeconfigTest, FindsFilesBesideIt) {
  Write("ca.pem", kCertificate);
  Write("me.pem", kCertificate);
  Write("me.key", kKey);
  Write("token", "secret");
  cluster_ = "server: https://10.0.0.1:6443\n    certificate-authority: ca.pem";
  user_ = fmt::format("client-certificate: me.pem\n    client-key: {}/me.key\n    tokenFile: token",
                      folder_);
  const auto config = Read();
  ASSERT_TRUE(config.ok()) << Message(config.status());
  EXPECT_EQ(config->ca, kCertificate);
  EXPECT_EQ(config->client_certificate, kCertificate);
  EXPECT_EQ(config->client_key, kKey);
  EXPECT_EQ(config->token_file, folder_ + "/token");
}

TEST_F(KubeconfigTest, OfEmbeddedTextAndAFileOfItTheEmbeddedCounts) {
  cluster_ += "\n    certificate-authority: none";
  const auto config = Read();
  ASSERT_TRUE(config.ok()) << Message(config.status());
  EXPECT_EQ(config->ca, kCertificate);
}

TEST_F(KubeconfigTest, OfATokenAndAFileOfOneTheFileCounts) {
  Write("token", "from the file");
  user_ = "token: secret\n    tokenFile: token";
  const auto config = Read();
  ASSERT_TRUE(config.ok()) << Message(config.status());
  EXPECT_EQ(config->token, "");
  EXPECT_EQ(config->token_file, folder_ + "/token");
}

TEST_F(KubeconfigTest, RefusesByNameWhatWeakensTrustOrRunsPrograms) {
  const std::string sound = cluster_;
  for (const char* const field : {"insecure-skip-tls-verify: true", "proxy-url: http://a"}) {
    cluster_ = fmt::format("{}\n    {}", sound, field);
    EXPECT_THAT(Refusal(),
                AllOf(HasSubstr(std::string(field).substr(0, 9)), HasSubstr("is not supported")));
  }
  cluster_ = sound + "\n    insecure-skip-tls-verify: false";
  EXPECT_TRUE(Read().ok());
  for (const char* const field :
       {"exec: {command: aws}", "auth-provider: {name: gcp}", "username: me", "password: x",
        "as: root", "as-uid: 1", "as-groups: [a]", "as-user-extra: {a: [b]}"}) {
    user_ = fmt::format("token: secret\n    {}", field);
    EXPECT_THAT(Refusal(),
                AllOf(HasSubstr(std::string(field).substr(0, 2)), HasSubstr("is not supported")));
  }
}

TEST_F(KubeconfigTest, RefusesAServerThatIsNotHttpsOrNoAddress) {
  for (const char* const url :
       {"http://10.0.0.1", "10.0.0.1:6443", "https://", "https://a b", "https://me:pw@host",
        "https://host:0", "https://host/a?b", "https://host/a%2f", "https://[fe80::1%25eth0]"}) {
    cluster_ = fmt::format("server: \"{}\"\n    certificate-authority-data: {}", url,
                           Encoded(kCertificate));
    EXPECT_THAT(Refusal(), HasSubstr("clusters[\"prod\"].cluster.server")) << url;
  }
}

TEST_F(KubeconfigTest, RefusesAServerNameThatIsNone) {
  cluster_ += "\n    tls-server-name: a/b";
  EXPECT_THAT(Refusal(), HasSubstr("tls-server-name is no name of a server"));
}

TEST_F(KubeconfigTest, NamesTheFieldThatIsMissingOrMalformed) {
  user_ = "other: x";
  EXPECT_THAT(Refusal(), HasSubstr("users[\"me\"].user.token is missing"));
  user_ = "token: [1]";
  EXPECT_THAT(Refusal(), HasSubstr("users[\"me\"].user.token is no text"));
  user_ = fmt::format("client-certificate-data: {}", Encoded(kCertificate));
  EXPECT_THAT(Refusal(), HasSubstr("client-key belong together"));
  user_ = "client-certificate-data: '!'";
  EXPECT_THAT(Refusal(), HasSubstr("client-certificate-data is no base64"));
  user_ = fmt::format("client-certificate-data: {}", Encoded("secret"));
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("holds no CERTIFICATE"), Not(HasSubstr("secret"))));
  user_ = "tokenFile: none";
  EXPECT_THAT(Refusal(), HasSubstr("/none cannot be read"));
  user_ = "token: secret";
  cluster_ = "server: https://a";
  EXPECT_THAT(Refusal(), HasSubstr("certificate-authority is missing"));
}

TEST_F(KubeconfigTest, WhatIsNoKubeconfigIsSaidToBeNone) {
  for (const char* const text :
       {"", "text", "[1, 2]", "a: [", "current-context: 1", "current-context: here\ncontexts: 7",
        "current-context: here\ncontexts: [7, {name: here}]",
        "current-context: here\ncontexts: [{name: here, context: 7}]", "\xff\xfe\x00",
        "current-context: {}", "&a [*a]"}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(ParseKubeconfig(text, "f").status())) << text;
  }
}

}  // namespace
}  // namespace rds_csi
