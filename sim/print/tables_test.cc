// SPDX-License-Identifier: Apache-2.0
// The human output against golden files, which were written from outputs of real devices.
#include "sim/print/tables.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/base/files.h"
#include "sim/print/json.h"
#include "sim/print/line_wrapper.h"
#include "sim/router/disk.h"

namespace rds_csi::sim {
namespace {

// Every line of what is printed ends in CR LF; golden files have plain newlines.
std::string Golden(const std::string& name) {
  auto text = ReadFile(std::string(RDS_SIM_TESTDATA) + "/" + name);
  return text.ok() ? *text : "cannot read " + name;
}

std::string WithoutCr(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  return text;
}

Disk CsiDisk() {
  Disk disk;
  disk.slot = "pvc-1b2c3d4e-0000-4000-8000-abcdefabcdef";
  disk.file_path = "/storage-pool/metal-csi/" + disk.slot + ".img";
  disk.file_size = 53687091200;
  disk.nvme_export = true;
  disk.nvme_nqn = "nqn.2000-02.com.mikrotik:" + disk.slot;
  return disk;
}

Disk Pool() {
  Disk pool;
  pool.type = "raid";
  pool.slot = "storage-pool";
  pool.fs = "btrfs";
  pool.fs_uuid = "0fdd9a3e-64a4-4a3c-8b54-2b7c7d3a5c11";
  pool.size = 7681574174720;
  return pool;
}

TEST(TablesTest, ADiskLooksAsOnAnRds) {
  EXPECT_EQ(WithoutCr(PrintTable("/disk", TableStyle::kDetail, {DiskRecord(CsiDisk(), 0)})),
            Golden("disk_detail.txt"));
}

TEST(TablesTest, ADiskOfOneTebibyteIs1024Gibibytes) {
  Disk disk = CsiDisk();
  disk.slot = "vm-storage-001";
  disk.file_path = "/raid10/vm-storage-001.img";
  disk.file_size = 1099511627776;
  disk.mount_filesystem = false;
  disk.nvme_nqn = "nqn.2000-02.com.mikrotik:vm-storage-001";
  EXPECT_EQ(WithoutCr(PrintTable("/disk", TableStyle::kDetail, {DiskRecord(disk, 0)})),
            Golden("disk_detail_1t.txt"));
}

TEST(TablesTest, FlagsHaveColumnsInAList) {
  Disk disk = CsiDisk();
  disk.comment = "two words";
  EXPECT_EQ(WithoutCr(PrintTable("/disk", TableStyle::kDetail,
                                 {DiskRecord(Pool(), 7301927047168), DiskRecord(disk, 0)})),
            Golden("disk_detail_list.txt"));
}

TEST(TablesTest, TheLegendIsThereWhenNoRowIs) {
  EXPECT_EQ(PrintTable("/disk", TableStyle::kDetail, {}),
            "Flags: X - DISABLED; B - BLOCK-DEVICE; M - MOUNTED; t - NVME-TCP-EXPORT\r\n");
}

TEST(TablesTest, FilesLookAsOnAnRds) {
  Record directory{.id = "*1", .properties = {}};
  directory.Add("name", Value::Word("storage-pool/metal-csi"));
  directory.Add("type", Value::Word("directory"));
  directory.Add("last-modified", Value::Word("2025-11-11 16:47:07"));
  Record file{.id = "*2", .properties = {}};
  file.Add("name",
           Value::Word("storage-pool/metal-csi/pvc-ccdecfad-a8bf-572e-9120-464c4d99f12f.img"));
  file.Add("type", Value::Word(".img file"));
  file.Add("size", Value::Size(10737418240));
  file.Add("last-modified", Value::Word("2025-11-11 14:32:41"));
  EXPECT_EQ(WithoutCr(PrintTable("/file", TableStyle::kDetail, {directory, file})),
            Golden("file_detail.txt"));
}

TEST(LineWrapperTest, CutsALongUnquotedWordWithoutAMark) {
  LineWrapper lines("0 ", 6);
  lines.Add(std::string(100, 'x'), false);
  EXPECT_EQ(std::move(lines).Finish(),
            "0 " + std::string(78, 'x') + "\r\n      " + std::string(22, 'x') + "\r\n");
}

TEST(LineWrapperTest, KeepsALongQuotedWordWhole) {
  LineWrapper lines("0 ", 6);
  lines.Add("a=1", false);
  lines.Add(std::string(100, 'x'), true);
  EXPECT_EQ(std::move(lines).Finish(), "0 a=1\r\n      " + std::string(100, 'x') + "\r\n");
}

TEST(JsonTest, RestGivesOnlyStrings) {
  Record row{.id = "*1", .properties = {}};
  row.Add("size", Value::Number(5));
  row.Add("mounted", Value::Flag(true));
  row.Add("name", Value::Text("a\"b\xff"));
  const JsonStyle rest{.pretty = false, .keep_strings = true, .all_strings = true};
  EXPECT_EQ(PrintJson(row, rest),
            "{\".id\":\"*1\",\"mounted\":\"true\",\"name\":\"a\\\"b\xef\xbf\xbd\",\"size\":\"5\"}");
}

}  // namespace
}  // namespace rds_csi::sim
