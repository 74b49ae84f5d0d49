// SPDX-License-Identifier: Apache-2.0
// What files.h promises, held against the real files and against the simulated machine's, so that
// tests with the one prove something about the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>
#include <memory>

#include "base/status.h"
#include "host/fake_host.h"
#include "host/linux_files.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class World {
 public:
  virtual ~World() = default;
  virtual Files& files() = 0;
  virtual std::string root() = 0;  // an empty folder
  virtual void AddLink(const std::string& path, const std::string& to) = 0;
};

class RealWorld final : public World {
 public:
  Files& files() override { return files_; }
  std::string root() override { return folder_.path(); }
  void AddLink(const std::string& path, const std::string& to) override {
    ASSERT_EQ(symlink(to.c_str(), path.c_str()), 0);
  }

 private:
  LinuxFiles files_;
  TempDirectory folder_;
};

class FakeWorld final : public World {
 public:
  FakeWorld() { machine_.AddDirectory(root()); }
  Files& files() override { return host_.files; }
  std::string root() override { return "/work"; }
  void AddLink(const std::string& path, const std::string& to) override {
    machine_.AddSymbolicLink(path, to);
  }

 private:
  FakeHost machine_;
  Host host_ = machine_.host();
};

struct Maker {
  const char* name;
  std::unique_ptr<World> (*make)();
};

class FilesContractTest : public testing::TestWithParam<Maker> {
 protected:
  std::string At(const std::string& name) { return world_->root() + "/" + name; }
  uint32_t ModeOf(const std::string& name) { return files_.Stat(At(name))->mode; }

  std::unique_ptr<World> world_ = GetParam().make();
  Files& files_ = world_->files();
};

TEST_P(FilesContractTest, WhatWasReplacedIsRead) {
  ASSERT_TRUE(files_.Replace(At("file"), "one", 0600).ok());
  ASSERT_TRUE(files_.Replace(At("file"), "two\n", 0640).ok());
  EXPECT_EQ(*files_.Read(At("file")), "two\n");
  EXPECT_EQ(ModeOf("file"), 0640u);
}

TEST_P(FilesContractTest, ReplaceLeavesNoOtherFile) {
  ASSERT_TRUE(files_.Replace(At("file"), "one", 0600).ok());
  ASSERT_TRUE(files_.Replace(At("file"), "two", 0600).ok());
  EXPECT_THAT(*files_.List(world_->root()), ElementsAre("file"));
}

TEST_P(FilesContractTest, ReplaceNeedsTheFolder) {
  EXPECT_TRUE(absl::IsNotFound(files_.Replace(At("no/file"), "x", 0600)));
}

TEST_P(FilesContractTest, WriteNeedsTheFile) {
  EXPECT_TRUE(absl::IsNotFound(files_.Write(At("file"), "x")));
  EXPECT_TRUE(absl::IsNotFound(files_.Stat(At("file")).status()));
}

TEST_P(FilesContractTest, WhatIsMissingIsNotFoundAndNamed) {
  for (const absl::Status& status :
       {files_.Read(At("gone")).status(), files_.List(At("gone")).status(),
        files_.Stat(At("gone")).status(), files_.RealPath(At("gone")).status(),
        files_.RemoveFile(At("gone")), files_.RemoveDirectory(At("gone"))}) {
    EXPECT_TRUE(absl::IsNotFound(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr(At("gone")));
  }
}

TEST_P(FilesContractTest, ListsNamesInOrder) {
  ASSERT_TRUE(files_.CreateExclusively(At("b"), 0600).ok());
  ASSERT_TRUE(files_.MakeDirectories(At("c/d"), 0700).ok());
  ASSERT_TRUE(files_.CreateExclusively(At("a"), 0600).ok());
  EXPECT_THAT(*files_.List(world_->root()), ElementsAre("a", "b", "c"));
}

TEST_P(FilesContractTest, BLK_7_CreatesOnceAndWithTheModeWhateverTheUmask) {
  const mode_t before = umask(0077);
  const absl::Status first = files_.CreateExclusively(At("file"), 0640);
  umask(before);
  ASSERT_TRUE(first.ok()) << first;
  EXPECT_EQ(ModeOf("file"), 0640u);
  EXPECT_EQ(*files_.Read(At("file")), "");
  EXPECT_TRUE(absl::IsAlreadyExists(files_.CreateExclusively(At("file"), 0600)));
  EXPECT_TRUE(absl::IsNotFound(files_.CreateExclusively(At("no/file"), 0600)));
}

TEST_P(FilesContractTest, CreateExclusivelyDoesNotFollowALink) {
  world_->AddLink(At("link"), At("elsewhere"));
  EXPECT_TRUE(absl::IsAlreadyExists(files_.CreateExclusively(At("link"), 0600)));
  EXPECT_TRUE(absl::IsNotFound(files_.Stat(At("elsewhere")).status()));
}

TEST_P(FilesContractTest, BLK_4_MakesWhatIsMissingOfAPathWithTheMode) {
  ASSERT_TRUE(files_.MakeDirectories(At("a"), 0700).ok());
  const mode_t before = umask(0077);
  const absl::Status made = files_.MakeDirectories(At("a/b/c"), 0750);
  umask(before);
  ASSERT_TRUE(made.ok()) << made;
  EXPECT_EQ(ModeOf("a"), 0700u);
  EXPECT_EQ(ModeOf("a/b"), 0750u);
  EXPECT_EQ(ModeOf("a/b/c"), 0750u);
  EXPECT_EQ(files_.Stat(At("a/b/c"))->type, FileType::kDirectory);
  EXPECT_TRUE(files_.MakeDirectories(At("a/b/c"), 0700).ok());
  EXPECT_EQ(ModeOf("a/b/c"), 0750u);
}

TEST_P(FilesContractTest, MakesNoDirectoryWhereAFileIs) {
  ASSERT_TRUE(files_.CreateExclusively(At("file"), 0600).ok());
  EXPECT_FALSE(files_.MakeDirectories(At("file"), 0700).ok());
  EXPECT_EQ(files_.Stat(At("file"))->type, FileType::kRegular);
}

TEST_P(FilesContractTest, StatSeesALinkAndRealPathWhereItLeads) {
  ASSERT_TRUE(files_.MakeDirectories(At("real/folder"), 0700).ok());
  world_->AddLink(At("link"), At("real"));
  EXPECT_EQ(files_.Stat(At("link"))->type, FileType::kSymbolicLink);
  EXPECT_EQ(*files_.RealPath(At("link/folder")), At("real/folder"));
  EXPECT_EQ(*files_.RealPath(At("real")), At("real"));
}

TEST_P(FilesContractTest, PUB_7_OnlyAnEmptyDirectoryIsRemoved) {
  ASSERT_TRUE(files_.MakeDirectories(At("folder"), 0700).ok());
  ASSERT_TRUE(files_.CreateExclusively(At("folder/file"), 0600).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(files_.RemoveDirectory(At("folder"))));
  EXPECT_EQ(*files_.Read(At("folder/file")), "");
  ASSERT_TRUE(files_.RemoveFile(At("folder/file")).ok());
  ASSERT_TRUE(files_.RemoveDirectory(At("folder")).ok());
  EXPECT_TRUE(absl::IsNotFound(files_.Stat(At("folder")).status()));
}

TEST_P(FilesContractTest, RemoveFileRemovesNoDirectory) {
  ASSERT_TRUE(files_.MakeDirectories(At("folder"), 0700).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(files_.RemoveFile(At("folder"))));
}

TEST_P(FilesContractTest, ALinkIsMadeOnceAndRemovedWithoutWhatItLeadsTo) {
  ASSERT_TRUE(files_.MakeDirectories(At("folder"), 0700).ok());
  ASSERT_TRUE(files_.CreateSymbolicLink(At("link"), At("folder")).ok());
  EXPECT_EQ(*files_.RealPath(At("link")), At("folder"));
  EXPECT_TRUE(absl::IsAlreadyExists(files_.CreateSymbolicLink(At("link"), At("other"))));
  ASSERT_TRUE(files_.RemoveFile(At("link")).ok());
  EXPECT_TRUE(absl::IsNotFound(files_.Stat(At("link")).status()));
  EXPECT_EQ(files_.Stat(At("folder"))->type, FileType::kDirectory);
}

TEST_P(FilesContractTest, ALinkNeedsTheFolderItLiesIn) {
  EXPECT_TRUE(absl::IsNotFound(files_.CreateSymbolicLink(At("no/link"), At("x"))));
}

INSTANTIATE_TEST_SUITE_P(
    Worlds, FilesContractTest,
    testing::Values(Maker{"Linux", [] { return std::unique_ptr<World>(new RealWorld); }},
                    Maker{"Fake", [] { return std::unique_ptr<World>(new FakeWorld); }}),
    [](const testing::TestParamInfo<Maker>& world) { return std::string(world.param.name); });

}  // namespace
}  // namespace rds_csi
