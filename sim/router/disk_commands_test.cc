// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "sim/testing/router_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DiskCommandsTest : public RouterFixture {
 protected:
  std::string LocalFile(const std::string& slot) const {
    return options_.state_dir + "/files/storage-pool/v/" + slot + ".img";
  }
};

TEST_F(DiskCommandsTest, AddPrintsNothing) { EXPECT_EQ(AddDisk("a"), ""); }

TEST_F(DiskCommandsTest, AddMakesAFileOfExactlyThatSize) {
  Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=1073745920");
  EXPECT_EQ(std::filesystem::file_size(LocalFile("a")), 1073745920U);
}

TEST_F(DiskCommandsTest, SizeSuffixesAreBinary) {
  Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=2G");
  EXPECT_EQ(Get("a", "size"), "2147483648");
}

TEST_F(DiskCommandsTest, AnUnusableSizeIsRefused) {
  EXPECT_EQ(Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=10X"),
            "invalid value for argument file-size\n");
}

TEST_F(DiskCommandsTest, ASlotHolds32Characters) {
  EXPECT_EQ(AddDisk(std::string(32, 'a')), "");
  EXPECT_THAT(AddDisk(std::string(33, 'a')), HasSubstr("failure:"));
}

TEST_F(DiskCommandsTest, ATakenSlotIsRefused) {
  AddDisk("a");
  EXPECT_EQ(Run("/disk add type=file slot=a file-path=/storage-pool/v/b.img file-size=1G"),
            "failure: disk with the same slot already exists\n");
  EXPECT_FALSE(std::filesystem::exists(LocalFile("b")));
}

TEST_F(DiskCommandsTest, APoolThatIsNotThereIsRefused) {
  EXPECT_EQ(Run("/disk add type=file slot=a file-path=/other/a.img file-size=1G"),
            "failure: no such file or directory\n");
}

TEST_F(DiskCommandsTest, ADirectoryThatIsNotThereIsRefusedOrMade) {
  const std::string line =
      "/disk add type=file slot=a file-path=/storage-pool/new/a.img file-size=1G";
  EXPECT_EQ(Run(line), "failure: no such file or directory\n");
  Assume("missing-directory=create");
  EXPECT_EQ(Run(line), "");
}

TEST_F(DiskCommandsTest, APathNeverLeavesThePool) {
  EXPECT_EQ(Run("/disk add type=file slot=a file-path=/storage-pool/../../a.img file-size=1G"),
            "invalid value for argument file-path\n");
}

TEST_F(DiskCommandsTest, RemoveLeavesTheFile) {
  AddDisk("a");
  EXPECT_EQ(Run("/disk remove [find slot=a]"), "");
  EXPECT_TRUE(std::filesystem::exists(LocalFile("a")));
  EXPECT_EQ(Run("/disk print count-only where slot=a"), "0\n");
}

TEST_F(DiskCommandsTest, AFileThatIsThereIsRefusedOrAdopted) {
  AddDisk("a");
  Run("/disk remove [find slot=a]");
  EXPECT_EQ(AddDisk("a"), "failure: file already exists\n");
  Assume("existing-file=adopt");
  EXPECT_EQ(AddDisk("a"), "");
}

TEST_F(DiskCommandsTest, AnAdoptedFileIsNeverCutShort) {
  AddDisk("a");
  Run("/disk remove [find slot=a]");
  Assume("existing-file=adopt");
  Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=1M");
  EXPECT_EQ(Get("a", "size"), "1073741824");
}

TEST_F(DiskCommandsTest, TwoDisksNeverShareAFile) {
  AddDisk("a");
  Assume("existing-file=adopt");
  EXPECT_EQ(Run("/disk add type=file slot=b file-path=/storage-pool/v/a.img file-size=1G"),
            "failure: file is already in use\n");
}

TEST_F(DiskCommandsTest, AFullPoolTakesNothing) {
  ASSERT_TRUE(router_->ChangePool("storage-pool", {.full = true, .mounted = {}, .state = {}}).ok());
  EXPECT_EQ(AddDisk("a"), "failure: not enough space\n");
  EXPECT_EQ(Get("storage-pool", "free"), "0");
}

TEST_F(DiskCommandsTest, AnUnmountedPoolShowsNoMountPoint) {
  ASSERT_TRUE(
      router_->ChangePool("storage-pool", {.full = {}, .mounted = false, .state = {}}).ok());
  EXPECT_EQ(Run("/disk print count-only where mount-point=storage-pool"), "0\n");
  EXPECT_EQ(AddDisk("a"), "failure: no such file or directory\n");
}

TEST_F(DiskCommandsTest, SparseFilesOvercommitThePool) {
  EXPECT_EQ(Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=15G"), "");
  EXPECT_EQ(Run("/disk add type=file slot=b file-path=/storage-pool/v/b.img file-size=15G"), "");
  EXPECT_EQ(Run("/disk add type=file slot=c file-path=/storage-pool/v/c.img file-size=17G"),
            "failure: not enough space\n");
}

TEST_F(DiskCommandsTest, PreallocatedFilesDoNotOvercommitThePool) {
  Assume("file-allocation=preallocated");
  EXPECT_EQ(Run("/disk add type=file slot=a file-path=/storage-pool/v/a.img file-size=15G"), "");
  EXPECT_EQ(Get("storage-pool", "free"), "1073741824");
  EXPECT_EQ(Run("/disk add type=file slot=b file-path=/storage-pool/v/b.img file-size=2G"),
            "failure: not enough space\n");
}

TEST_F(DiskCommandsTest, ADiskGrowsAndNeverShrinks) {
  AddDisk("a");
  EXPECT_EQ(Run("/disk set [find slot=a] file-size=2G"), "");
  EXPECT_EQ(std::filesystem::file_size(LocalFile("a")), uint64_t{2} << 30);
  EXPECT_EQ(Run("/disk set [find slot=a] file-size=1G"), "failure: can not shrink file\n");
  EXPECT_EQ(Get("a", "size"), "2147483648");
}

TEST_F(DiskCommandsTest, OneSetChangesSeveralPropertiesOrNone) {
  AddDisk("a");
  EXPECT_EQ(Run("/disk set [find slot=a] comment=x file-size=1M"),
            "failure: can not shrink file\n");
  EXPECT_EQ(Run("/disk print count-only where comment=x"), "0\n");
}

TEST_F(DiskCommandsTest, AnEmptyFindChangesNothingInSilence) {
  EXPECT_EQ(Run("/disk set [find slot=nobody] comment=x"), "");
  Assume("empty-find=no-such-item");
  EXPECT_EQ(Run("/disk set [find slot=nobody] comment=x"), "no such item\n");
}

TEST_F(DiskCommandsTest, RowsAreNamedByIdSlotOrPosition) {
  AddDisk("a");
  const std::string id = Run(":put [/disk find slot=a]");
  Run("/disk set " + id.substr(0, id.size() - 1) + " comment=id");
  EXPECT_EQ(Get("a", "comment"), "id");
  Run("/disk set a comment=slot");
  EXPECT_EQ(Get("a", "comment"), "slot");
  Run("/disk set 1 comment=position");
  EXPECT_EQ(Get("a", "comment"), "position");
}

TEST_F(DiskCommandsTest, IdsAreNeverUsedTwice) {
  AddDisk("a");
  const std::string first = Run(":put [/disk find slot=a]");
  Run("/disk remove a; /file remove storage-pool/v/a.img");
  AddDisk("a");
  EXPECT_NE(Run(":put [/disk find slot=a]"), first);
}

TEST_F(DiskCommandsTest, APoolCannotBeRemoved) {
  EXPECT_EQ(Run("/disk remove storage-pool"), "failure: disk is in use\n");
}

TEST_F(DiskCommandsTest, CopyFromCopiesSettingsAndNoData) {
  AddDisk("a", "comment=c mount-filesystem=no nvme-tcp-export=yes nvme-tcp-server-nqn=nqn.a");
  std::filesystem::resize_file(LocalFile("a"), 0);
  Run("/disk add copy-from=[find slot=a] slot=b file-path=/storage-pool/v/b.img");
  EXPECT_EQ(Get("b", "comment"), "c");
  EXPECT_EQ(Get("b", "mount-filesystem"), "false");
  EXPECT_EQ(Get("b", "nvme-tcp-export"), "false");
}

TEST_F(DiskCommandsTest, ExportFollowsTheRow) {
  AddDisk("a", "nvme-tcp-server-nqn=nqn.a");
  EXPECT_THAT(target_.exports, IsEmpty());
  Run("/disk set a nvme-tcp-export=yes");
  EXPECT_EQ(target_.exports.at("nqn.a").file, LocalFile("a"));
  Run("/disk set a nvme-tcp-export=no");
  EXPECT_THAT(target_.exports, IsEmpty());
}

TEST_F(DiskCommandsTest, TheSlotIsTheNqnWhenNoneIsSet) {
  AddDisk("a", "nvme-tcp-export=yes");
  EXPECT_EQ(target_.exports.count("a"), 1U);
}

TEST_F(DiskCommandsTest, RemovingAnExportedDiskWithdrawsIt) {
  AddDisk("a", "nvme-tcp-export=yes");
  Run("/disk remove a");
  EXPECT_THAT(target_.exports, IsEmpty());
}

TEST_F(DiskCommandsTest, RemovingAnExportedDiskMayBeRefused) {
  Assume("remove-exported=refuse");
  AddDisk("a", "nvme-tcp-export=yes");
  EXPECT_EQ(Run("/disk remove a"), "failure: disk is in use\n");
  EXPECT_EQ(target_.exports.count("a"), 1U);
}

TEST_F(DiskCommandsTest, AnExportThatFailsLeavesNoDisk) {
  target_.fail = true;
  EXPECT_THAT(AddDisk("a", "nvme-tcp-export=yes"), HasSubstr("failure: nvme-tcp export: mkdir"));
  EXPECT_EQ(Run("/disk print count-only where slot=a"), "0\n");
  EXPECT_FALSE(std::filesystem::exists(LocalFile("a")));
}

TEST_F(DiskCommandsTest, AnAllowListIsOneNameUnlessAssumedOtherwise) {
  AddDisk("a", "nvme-tcp-export=yes nvme-tcp-server-allow-host-name=h1,h2");
  EXPECT_THAT(target_.exports.at("a").hosts, ElementsAre("h1,h2"));
  Assume("allow-host-name=list");
  Run("/disk set a nvme-tcp-server-allow-host-name=h1,h2,h3");
  EXPECT_THAT(target_.exports.at("a").hosts, ElementsAre("h1", "h2", "h3"));
}

TEST_F(DiskCommandsTest, AChangedAllowListKeepsOrDropsSessions) {
  AddDisk("a", "nvme-tcp-export=yes nvme-tcp-server-allow-host-name=h1");
  target_.journal.clear();
  Run("/disk set a nvme-tcp-server-allow-host-name=h2");
  Assume("allow-host-change=drop");
  Run("/disk set a nvme-tcp-server-allow-host-name=h3");
  EXPECT_THAT(target_.journal, ElementsAre("hosts a keep", "hosts a drop"));
}

TEST_F(DiskCommandsTest, OneNqnIsExportedOnce) {
  AddDisk("a", "nvme-tcp-export=yes nvme-tcp-server-nqn=n");
  EXPECT_EQ(AddDisk("b", "nvme-tcp-export=yes nvme-tcp-server-nqn=n"),
            "failure: nvme-tcp-server-nqn is already exported\n");
}

TEST_F(DiskCommandsTest, AGrownExportIsFollowed) {
  AddDisk("a", "nvme-tcp-export=yes");
  target_.journal.clear();
  Run("/disk set a file-size=2G");
  EXPECT_THAT(target_.journal, ElementsAre("size a"));
}

TEST_F(DiskCommandsTest, ALongCommentMayBeRefused) {
  Assume("comment-limit=10");
  EXPECT_EQ(AddDisk("a", "comment=12345678901"), "invalid value for argument comment\n");
}

TEST_F(DiskCommandsTest, UnsetClearsASetting) {
  AddDisk("a", "comment=x");
  EXPECT_EQ(Run("/disk unset a comment"), "");
  EXPECT_EQ(Run("/disk print count-only where comment=x"), "0\n");
}

TEST_F(DiskCommandsTest, ADisabledDiskIsNotExported) {
  AddDisk("a", "nvme-tcp-export=yes");
  Run("/disk disable a");
  EXPECT_THAT(target_.exports, IsEmpty());
  Run("/disk enable a");
  EXPECT_EQ(target_.exports.count("a"), 1U);
}

TEST_F(DiskCommandsTest, CommandsThatAreNotSimulatedSaySo) {
  EXPECT_THAT(Run("/disk trim storage-pool"), HasSubstr("rds-sim does not simulate /disk/trim"));
}

}  // namespace
}  // namespace rds_csi::sim
