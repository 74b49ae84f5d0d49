// SPDX-License-Identifier: Apache-2.0
#include "node/target_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "host/fake_host.h"

namespace rds_csi {
namespace {

class TargetPathTest : public testing::Test {
 protected:
  TargetPathTest() { machine_.AddDirectory("/var/lib/kubelet/pods"); }
  absl::Status Check(const std::string& path) {
    return CheckInsideKubeletDirectory(machine_.host().files, "/var/lib/kubelet", path);
  }
  Files& files() { return machine_.host().files; }
  FakeHost machine_;
};

TEST_F(TargetPathTest, BLK_7_ANewFileIsMade) {
  EXPECT_TRUE(*MakeTargetFile(files(), "/var/lib/kubelet/pods/x"));
  EXPECT_EQ(machine_.FindFile("/var/lib/kubelet/pods/x")->mode, 0640u);
}

TEST_F(TargetPathTest, BLK_7_ASecondCallIsSuccess) {
  ASSERT_TRUE(MakeTargetFile(files(), "/var/lib/kubelet/pods/x").ok());
  EXPECT_FALSE(*MakeTargetFile(files(), "/var/lib/kubelet/pods/x"));
}

TEST_F(TargetPathTest, BLK_7_MissingParentsAreMade) {
  ASSERT_TRUE(MakeTargetFile(files(), "/var/lib/kubelet/pods/a/b/x").ok());
  EXPECT_EQ(machine_.FindFile("/var/lib/kubelet/pods/a")->mode, 0750u);
}

TEST_F(TargetPathTest, BLK_7_ADirectoryWithoutWritePermissionIsAnError) {
  machine_.FailOn("create", EACCES);
  EXPECT_EQ(MakeTargetFile(files(), "/var/lib/kubelet/pods/x").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(TargetPathTest, PathsBelowTheKubeletDirectoryAreFine) {
  EXPECT_TRUE(Check("/var/lib/kubelet/pods/not/there/yet").ok());
}

TEST_F(TargetPathTest, PathsElsewhereAreRefusedByName) {
  for (const char* path : {"/etc/x", "/var/lib/kubelet", "/var/lib/kubelet-evil/x", "/"}) {
    const absl::Status status = Check(path);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(path));
  }
}

TEST_F(TargetPathTest, PathsThatAreNotCleanAreRefused) {
  for (const char* path : {"var/lib/kubelet/x", "/var/lib/kubelet/../x", "/var/lib/kubelet/./x"}) {
    EXPECT_EQ(Check(path).code(), absl::StatusCode::kInvalidArgument) << path;
  }
}

TEST_F(TargetPathTest, ASymbolicLinkThatLeadsOutIsRefused) {
  machine_.AddDirectory("/etc");
  machine_.AddSymbolicLink("/var/lib/kubelet/pods/evil", "/etc");
  EXPECT_FALSE(Check("/var/lib/kubelet/pods/evil/x").ok());
}

TEST_F(TargetPathTest, ATargetThatIsASymbolicLinkIsRefused) {
  machine_.AddSymbolicLink("/var/lib/kubelet/pods/link", "/var/lib/kubelet/pods");
  EXPECT_FALSE(Check("/var/lib/kubelet/pods/link").ok());
}

TEST_F(TargetPathTest, AKubeletDirectoryThatIsItselfALinkIsFine) {
  machine_.AddDirectory("/data/kubelet");
  machine_.AddSymbolicLink("/var/lib/kubelet", "/data/kubelet");
  EXPECT_TRUE(Check("/var/lib/kubelet/pods/x").ok());
}

TEST_F(TargetPathTest, OnlyEmptyDirectoriesAreRemoved) {
  machine_.AddDirectory("/var/lib/kubelet/pods/d");
  machine_.AddFile("/var/lib/kubelet/pods/d/data", "x");
  EXPECT_EQ(RemoveTarget(files(), "/var/lib/kubelet/pods/d").code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(machine_.ReadFile("/var/lib/kubelet/pods/d/data"), "x");
}

TEST_F(TargetPathTest, RemovingWhatIsGoneIsSuccess) {
  EXPECT_TRUE(RemoveTarget(files(), "/var/lib/kubelet/pods/none").ok());
}

}  // namespace
}  // namespace rds_csi
