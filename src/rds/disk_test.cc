// SPDX-License-Identifier: Apache-2.0
#include "rds/disk.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

RosRecord FileRow() {
  return {{".id", "*1F"},
          {"slot", "csi-0"},
          {"type", "file"},
          {"file-path", "/storage-pool/csi/csi-0.img"},
          {"size", "53687091200"},
          {"nvme-tcp-export", "true"},
          {"nvme-tcp-server-port", "4420"},
          {"nvme-tcp-server-nqn", "nqn.2000-02.com.mikrotik:pvc-1"},
          {"nvme-tcp-server-allow-host-name", "nqn.a"},
          {"comment", "words"}};
}

RosRecord PoolRow() {
  return {{".id", "*2"},      {"slot", "raid10"},         {"type", "raid"},
          {"fs", "xfs"},      {"size", "16003143565312"}, {"free", "14789895307264"},
          {"state", "clean"}, {"mount-point", "raid10"}};
}

TEST(FileDiskTest, ReadsEveryField) {
  const auto disk = ParseFileDisk(FileRow());
  ASSERT_TRUE(disk.ok() && *disk);
  EXPECT_EQ((*disk)->id, "*1F");
  EXPECT_EQ((*disk)->slot, "csi-0");
  EXPECT_EQ((*disk)->file_path, "/storage-pool/csi/csi-0.img");
  EXPECT_EQ((*disk)->size_bytes, 53687091200);
  EXPECT_TRUE((*disk)->exported);
  EXPECT_EQ((*disk)->port, 4420);
  EXPECT_EQ((*disk)->nqn, "nqn.2000-02.com.mikrotik:pvc-1");
  EXPECT_EQ((*disk)->allow_host, "nqn.a");
  EXPECT_EQ((*disk)->comment, "words");
}

TEST(FileDiskTest, UnderstandsWhatEitherDoorWritesForABool) {
  RosRecord row = FileRow();
  row["nvme-tcp-export"] = "no";
  EXPECT_FALSE((*ParseFileDisk(row))->exported);
  row["nvme-tcp-export"] = "yes";
  EXPECT_TRUE((*ParseFileDisk(row))->exported);
}

TEST(FileDiskTest, PathHasALeadingSlashHoweverItWasWritten) {
  RosRecord row = FileRow();
  row["file-path"] = "storage-pool/a.img";
  EXPECT_EQ((*ParseFileDisk(row))->file_path, "/storage-pool/a.img");
}

TEST(FileDiskTest, ADiskOfAnotherTypeIsNone) {
  EXPECT_FALSE((*ParseFileDisk(PoolRow())).has_value());
  EXPECT_FALSE((*ParseFileDisk({})).has_value());
}

TEST(FileDiskTest, AMissingFieldIsAnErrorThatNamesSlotAndField) {
  for (const char* property : {".id", "file-path", "size", "nvme-tcp-export"}) {
    RosRecord row = FileRow();
    row.erase(property);
    const auto disk = ParseFileDisk(row);
    EXPECT_EQ(disk.status().code(), absl::StatusCode::kInternal) << property;
    EXPECT_NE(Message(disk.status()).find("csi-0"), std::string::npos);
    EXPECT_NE(Message(disk.status()).find(property), std::string::npos);
  }
}

TEST(FileDiskTest, NeverGuessesASize) {
  for (const char* size :
       {"", "50G", "50.0GiB", "53 687 091 200", "-1", "1e9", "99999999999999999999"}) {
    RosRecord row = FileRow();
    row["size"] = size;
    EXPECT_EQ(ParseFileDisk(row).status().code(), absl::StatusCode::kInternal) << size;
  }
}

TEST(FileDiskTest, NeverGuessesWhetherADiskIsExported) {
  for (const char* text : {"", "maybe", "TRUE", "1"}) {
    RosRecord row = FileRow();
    row["nvme-tcp-export"] = text;
    EXPECT_EQ(ParseFileDisk(row).status().code(), absl::StatusCode::kInternal) << text;
  }
}

TEST(FileDiskTest, APortThatIsNoneIsAnError) {
  for (const char* port : {"65536", "-1", "x"}) {
    RosRecord row = FileRow();
    row["nvme-tcp-server-port"] = port;
    EXPECT_FALSE(ParseFileDisk(row).ok()) << port;
  }
}

TEST(PoolTest, ReadsEveryField) {
  const auto pool = ParsePool(PoolRow());
  ASSERT_TRUE(pool.ok() && *pool);
  EXPECT_EQ((*pool)->mount_point, "raid10");
  EXPECT_EQ((*pool)->fs, "xfs");
  EXPECT_EQ((*pool)->state, "clean");
  EXPECT_EQ((*pool)->size_bytes, 16003143565312);
  EXPECT_EQ((*pool)->free_bytes, 14789895307264);
}

TEST(PoolTest, WhatIsNotMountedIsNone) {
  RosRecord row = PoolRow();
  row["mounted"] = "false";
  EXPECT_FALSE((*ParsePool(row)).has_value());
  row = PoolRow();
  row["mount-point"] = "";
  EXPECT_FALSE((*ParsePool(row)).has_value());
}

TEST(PoolTest, NeverGuessesHowMuchIsFree) {
  RosRecord row = PoolRow();
  row.erase("free");
  EXPECT_EQ(ParsePool(row).status().code(), absl::StatusCode::kInternal);
}

TEST(PoolTest, AFileDiskIsNoPoolEvenWhenItIsMounted) {
  RosRecord row = FileRow();
  row["mount-point"] = "csi-0";
  EXPECT_FALSE((*ParsePool(row)).has_value());
}

}  // namespace
}  // namespace rds_csi
