// SPDX-License-Identifier: Apache-2.0
#include "model/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::EndsWith;

TEST(PathsTest, TakesThePathsThatKubeletSends) {
  for (const char* path :
       {"/var/lib/kubelet/plugins/kubernetes.io/csi/rds.csi.srvlab.io/0f/globalmount",
        "/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices/staging/pvc-1", "/a",
        "/with blank/and..dots/...", "/.hidden"}) {
    ASSERT_TRUE(ParseAbsolutePath(path, "target_path").ok()) << path;
    EXPECT_EQ(*ParseAbsolutePath(path, "target_path"), path);
  }
}

TEST(PathsTest, RefusesHostilePathsAndSaysWhy) {
  using std::string_literals::operator""s;
  const std::pair<std::string, std::string> table[] = {
      {"", "it is empty"},
      {"/", "it has an empty part"},
      {"relative/path", "it does not begin with '/'"},
      {"../up", "it does not begin with '/'"},
      {"/a//b", "it has an empty part"},
      {"/a/", "it has an empty part"},
      {"/a/../b", "it has a part \".\" or \"..\""},
      {"/..", "it has a part \".\" or \"..\""},
      {"/a/./b", "it has a part \".\" or \"..\""},
      {"/a\0b"s, "it has a control character"},
      {"/a\nb", "it has a control character"},
      {"/a\x7f", "it has a control character"},
      {"/" + std::string(4095, 'a'), "it is longer than 4095 bytes"},
  };
  for (const auto& [path, reason] : table) {
    const absl::Status status = ParseAbsolutePath(path, "target_path").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(Message(status), EndsWith(reason)) << path;
  }
}

TEST(PathsTest, TheErrorNamesFieldAndText) {
  EXPECT_EQ(Message(ParseAbsolutePath("a\n", "staging_target_path").status()),
            "staging_target_path: \"a\\x0a\" is not an absolute path: it does not begin with '/'");
}

TEST(PathsTest, AnEqualBeginningIsNotBelow) {
  EXPECT_TRUE(IsBelow("/pool/dir/a", "/pool/dir"));
  EXPECT_TRUE(IsBelow("/pool/dir/a/b", "/pool/dir"));
  EXPECT_FALSE(IsBelow("/pool/dir-evil", "/pool/dir"));
  EXPECT_FALSE(IsBelow("/pool/dir-evil/a", "/pool/dir"));
  EXPECT_FALSE(IsBelow("/pool/dir", "/pool/dir"));
  EXPECT_FALSE(IsBelow("/pool", "/pool/dir"));
}

TEST(PathsTest, EverythingElseIsBelowTheRoot) {
  EXPECT_TRUE(IsBelow("/a", "/"));
  EXPECT_FALSE(IsBelow("/", "/"));
}

TEST(PathsTest, ParentOfTakesTheLastPartAway) {
  EXPECT_EQ(ParentOf("/a/b/c"), "/a/b");
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(ParentOf("/"), "/");
}

}  // namespace
}  // namespace rds_csi
