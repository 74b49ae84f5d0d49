// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "sim/testing/router_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::HasSubstr;

class FileCommandsTest : public RouterFixture {
 protected:
  std::string Local(const std::string& name) const { return options_.state_dir + "/files/" + name; }
};

TEST_F(FileCommandsTest, NamesHaveNoLeadingSlash) {
  AddDisk("a");
  EXPECT_EQ(Run(":put [/file print as-value proplist=name,type where name~\"a.img\"]"),
            "name=storage-pool/v/a.img;type=.img file\n");
}

TEST_F(FileCommandsTest, RemoveTakesNamesWithAndWithoutSlash) {
  Run("/file add name=storage-pool/d1 type=directory; /file add name=/storage-pool/d2 "
      "type=directory");
  EXPECT_EQ(Run("/file remove storage-pool/d1; /file remove \"/storage-pool/d2\""), "");
  EXPECT_FALSE(std::filesystem::exists(Local("storage-pool/d1")));
  EXPECT_FALSE(std::filesystem::exists(Local("storage-pool/d2")));
}

TEST_F(FileCommandsTest, RemoveOfAMissingFileIsNoSuchItem) {
  EXPECT_EQ(Run("/file remove storage-pool/nothing"), "no such item\n");
}

TEST_F(FileCommandsTest, TheFileOfADiskIsNotProtectedUnlessAssumedSo) {
  AddDisk("a");
  AddDisk("b");
  EXPECT_EQ(Run("/file remove [find name=storage-pool/v/a.img]"), "");
  Assume("remove-file-in-use=refuse");
  EXPECT_EQ(Run("/file remove storage-pool/v/b.img"), "failure: file is in use\n");
}

TEST_F(FileCommandsTest, APoolIsNoFileToRemove) {
  EXPECT_THAT(Run("/file remove storage-pool"), HasSubstr("failure:"));
  EXPECT_TRUE(std::filesystem::exists(Local("storage-pool")));
}

TEST_F(FileCommandsTest, CopyKeepsTheDataAndTheHoles) {
  Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=1G");
  std::fstream file(Local("storage-pool/v/a.img"), std::ios::in | std::ios::out);
  file.seekp(512 << 20);
  file << "data";
  file.close();
  EXPECT_EQ(Run("/file copy storage-pool/v/a.img storage-pool/v/b.img"), "");
  std::ifstream copy(Local("storage-pool/v/b.img"));
  copy.seekg(512 << 20);
  std::string word(4, ' ');
  copy.read(word.data(), 4);
  EXPECT_EQ(word, "data");
  EXPECT_EQ(Run(":put [/file get storage-pool/v/b.img size]"), "1073741824\n");
}

TEST_F(FileCommandsTest, CopyNeverReplacesAFile) {
  AddDisk("a");
  AddDisk("b");
  EXPECT_EQ(Run("/file copy storage-pool/v/a.img storage-pool/v/b.img"),
            "failure: file already exists\n");
}

TEST_F(FileCommandsTest, AFileKeepsItsIdWhileItExists) {
  AddDisk("a");
  const std::string id = Run(":put [/file find name=storage-pool/v/a.img]");
  Run("/file print");
  EXPECT_EQ(Run(":put [/file find name=storage-pool/v/a.img]"), id);
}

class OldFileCommandsTest : public RouterFixture {
 protected:
  OldFileCommandsTest() : RouterFixture("7.22") {}
};

TEST_F(OldFileCommandsTest, CopyCameWith723) {
  EXPECT_EQ(Run("/file copy a b"), "bad command name copy (line 1 column 7)\n");
}

TEST_F(FileCommandsTest, ASubvolumeIsADirectoryOfItsPool) {
  EXPECT_EQ(Run("/disk/btrfs/subvolume/add fs=storage-pool name=vol"), "");
  EXPECT_TRUE(std::filesystem::is_directory(Local("storage-pool/vol")));
  EXPECT_EQ(Run("/disk btrfs subvolume add fs=storage-pool name=vol"), "failure: File exists\n");
}

TEST_F(FileCommandsTest, ASnapshotHoldsTheDataOfItsMoment) {
  Run("/disk/btrfs/subvolume/add fs=storage-pool name=vol");
  std::ofstream(Local("storage-pool/vol/f")) << "before";
  EXPECT_EQ(Run("/disk/btrfs/subvolume/add read-only=yes parent=vol fs=storage-pool name=snap"),
            "");
  std::ofstream(Local("storage-pool/vol/f")) << "after!";
  std::string text;
  std::ifstream(Local("storage-pool/snap/f")) >> text;
  EXPECT_EQ(text, "before");
}

TEST_F(FileCommandsTest, ASubvolumeWithADiskInItIsBusy) {
  Run("/disk/btrfs/subvolume/add fs=storage-pool name=vol");
  Run("/disk add type=file slot=a file-path=/storage-pool/vol/a.img file-size=1M");
  EXPECT_THAT(Run("/disk/btrfs/subvolume/remove [find name=vol]"), HasSubstr("failure:"));
  Run("/disk remove a");
  EXPECT_EQ(Run("/disk/btrfs/subvolume/remove [find name=vol]"), "");
  EXPECT_FALSE(std::filesystem::exists(Local("storage-pool/vol")));
}

TEST_F(FileCommandsTest, OnlyBtrfsHasSubvolumes) {
  options_.pools.push_back({"xfs-pool", 1 << 30, "xfs"});
  Start("7.24");
  EXPECT_EQ(Run("/disk/btrfs/subvolume/add fs=xfs-pool name=vol"),
            "input does not match any value of fs\n");
  EXPECT_EQ(Run("/disk/btrfs/filesystem/print count-only"), "1\n");
}

}  // namespace
}  // namespace rds_csi::sim
