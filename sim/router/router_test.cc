// SPDX-License-Identifier: Apache-2.0
// What outlives a restart and a reboot.
#include <fstream>

#include "sim/testing/router_fixture.h"

namespace rds_csi::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using RouterTest = RouterFixture;

TEST_F(RouterTest, RowsSurviveARestart) {
  AddDisk("a", "comment=\"ledger; v=1\" nvme-tcp-server-nqn=n mount-filesystem=no smb-user=x");
  Run("/system identity set name=box; /disk/btrfs/subvolume/add fs=storage-pool name=s");
  const std::string before = Run("/disk print detail; /disk/btrfs/subvolume/print detail");
  Start("7.24");
  EXPECT_EQ(Run("/disk print detail; /disk/btrfs/subvolume/print detail"), before);
  EXPECT_THAT(Run("/system identity print"), HasSubstr("box"));
}

TEST_F(RouterTest, ExportsComeBackWithTheSameUuid) {
  AddDisk("a", "nvme-tcp-export=yes");
  const std::string uuid = target_.exports.at("a").uuid;
  Start("7.24");
  EXPECT_EQ(target_.exports.at("a").uuid, uuid);
}

TEST_F(RouterTest, AStartMayGiveANewUuid) {
  Assume("namespace-uuid=new-each-start");
  AddDisk("a", "nvme-tcp-export=yes");
  const std::string uuid = target_.exports.at("a").uuid;
  Run("/disk set a nvme-tcp-export=no; /disk set a nvme-tcp-export=yes");
  EXPECT_EQ(target_.exports.at("a").uuid, uuid);
  Start("7.24");
  EXPECT_NE(target_.exports.at("a").uuid, uuid);
}

TEST_F(RouterTest, AnExportToggleMayGiveANewUuid) {
  Assume("namespace-uuid=new-each-export");
  AddDisk("a", "nvme-tcp-export=yes");
  const std::string uuid = target_.exports.at("a").uuid;
  Run("/disk set a nvme-tcp-export=no; /disk set a nvme-tcp-export=yes");
  EXPECT_NE(target_.exports.at("a").uuid, uuid);
}

TEST_F(RouterTest, DisksThatFollowEachOtherHaveDifferentUuids) {
  AddDisk("a", "nvme-tcp-export=yes");
  const std::string uuid = target_.exports.at("a").uuid;
  Run("/disk remove a; /file remove storage-pool/v/a.img");
  AddDisk("a", "nvme-tcp-export=yes");
  EXPECT_NE(target_.exports.at("a").uuid, uuid);
}

TEST_F(RouterTest, StoppingWithdrawsEveryExport) {
  AddDisk("a", "nvme-tcp-export=yes");
  router_.reset();
  EXPECT_TRUE(target_.exports.empty());
}

TEST_F(RouterTest, ARebootTakesExportsAwayAndBringsThemBack) {
  AddDisk("a", "nvme-tcp-export=yes");
  target_.journal.clear();
  router_->PowerOff();
  router_->ListenWithoutExports();
  ASSERT_TRUE(router_->RestoreExports().ok());
  EXPECT_THAT(target_.journal, ElementsAre("withdraw a", "listen 4420", "publish a"));
}

TEST_F(RouterTest, AnExportSetWhileBootingWaitsForTheEndOfTheBoot) {
  AddDisk("a");
  router_->PowerOff();
  Run("/disk set a nvme-tcp-export=yes");
  EXPECT_TRUE(target_.exports.empty());
  ASSERT_TRUE(router_->RestoreExports().ok());
  EXPECT_EQ(target_.exports.count("a"), 1U);
}

TEST_F(RouterTest, AStateFileThatIsCutOffIsNeverTakenForAnEmptyOne) {
  AddDisk("a");
  router_.reset();
  std::ofstream(options_.state_dir + "/state.json") << "{\"disks\":[";
  const auto opened = Router::Open(options_, *schema_, switches_, target_);
  EXPECT_TRUE(absl::IsDataLoss(opened.status())) << opened.status();
}

TEST_F(RouterTest, TenThousandDisksAreNoProblem) {
  for (int i = 0; i < 10000; ++i) {
    const std::string slot = "csi-" + std::to_string(i);
    Command add;
    add.menu = "/disk";
    add.verb = "add";
    add.arguments = {{"type", "file"},
                     {"slot", slot},
                     {"file-path", "/storage-pool/v/" + slot},
                     {"file-size", "1048576"}};
    ASSERT_TRUE(router_->Execute(add).ok());
  }
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(Run("/disk print count-only where slot=csi-" + std::to_string(i) +
                  " or slot=nobody or slot=nothing"),
              "1\n");
  }
  // A walk over all rows for each of these would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_GT(Run(":put [:serialize to=json [/disk print as-value]]").size(), 5000000U);
}

TEST(ParsePoolTest, TakesNameSizeAndFilesystem) {
  const auto pool = ParsePool("storage-pool=16G:xfs");
  ASSERT_TRUE(pool.ok());
  EXPECT_EQ(pool->slot, "storage-pool");
  EXPECT_EQ(pool->size, uint64_t{16} << 30);
  EXPECT_EQ(pool->fs, "xfs");
}

TEST(ParsePoolTest, NamesWhatItCannotUse) {
  for (const std::string text : {"a", "=1G", "a=x", "a=0", "a=1G:zfs", "a/b=1G:xfs", "a:xfs"}) {
    EXPECT_THAT(std::string(Message(ParsePool(text).status())), HasSubstr("pool " + text));
  }
}

}  // namespace
}  // namespace rds_csi::sim
