// SPDX-License-Identifier: Apache-2.0
// Every kind of device that the driver may meet, on real loop devices. Each row that is not "blank"
// is a volume that must not be formatted.
#include "host/linux_probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "host/linux_fd.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::StartsWith;

constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kSize = 64 * kMiB;
constexpr int64_t kSector = 512;

uint32_t Crc32(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

void Put(std::string& bytes, size_t offset, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes[offset + i] = static_cast<char>(value >> (8 * i));
}

// A GPT header (UEFI 2.10, 5.3.2) at sector `own`, whose 128 empty entries lie at `entries`.
std::string GptHeader(uint64_t own, uint64_t other, uint64_t entries) {
  constexpr uint64_t kLast = kSize / kSector - 1;
  std::string header(kSector, '\0');
  header.replace(0, 8, "EFI PART");
  Put(header, 8, 0x00010000, 4);
  Put(header, 12, 92, 4);
  Put(header, 24, own, 8);
  Put(header, 32, other, 8);
  Put(header, 40, 34, 8);
  Put(header, 48, kLast - 33, 8);
  header.replace(56, 16, "0123456789abcdef");
  Put(header, 72, entries, 8);
  Put(header, 80, 128, 4);
  Put(header, 84, 128, 4);
  Put(header, 88, Crc32(std::string(size_t{128} * 128, '\0')), 4);
  Put(header, 16, Crc32(header.substr(0, 92)), 4);
  return header;
}

class ProbeTest : public MachineTest {
 protected:
  std::string Found() {
    const Outcome outcome = ProbeDevice(disk_.path());
    EXPECT_TRUE(outcome.ok()) << outcome.text << ": " << strerror(outcome.error);
    return outcome.text;
  }
  void WriteBackupGpt() {
    constexpr uint64_t kLast = kSize / kSector - 1;
    disk_.Write(static_cast<int64_t>(kLast) * kSector, GptHeader(kLast, 1, kLast - 32));
  }
  void WritePrimaryGpt() {
    constexpr uint64_t kLast = kSize / kSector - 1;
    WriteMbr('\xee');
    disk_.Write(kSector, GptHeader(1, kLast, 2));
  }
  void WriteMbr(char type) {
    std::string sector(kSector, '\0');
    sector[446 + 4] = type;
    Put(sector, 446 + 8, 1, 4);
    Put(sector, 446 + 12, kSize / kSector - 1, 4);
    sector.replace(510, 2, "\x55\xaa");
    disk_.Write(0, sector);
  }

  LoopDevice disk_{kSize};
};

TEST_F(ProbeTest, ZerosAreBlank) { EXPECT_EQ(Found(), "blank\n"); }

TEST_F(ProbeTest, FilesystemsAreNamed) {
  Shell("mkfs.ext4 -q " + disk_.path());
  EXPECT_EQ(Found(), "filesystem ext4\n");
}

TEST_F(ProbeTest, Ext3IsNotExt4) {
  Shell("mkfs.ext3 -q " + disk_.path());
  EXPECT_EQ(Found(), "filesystem ext3\n");
}

TEST_F(ProbeTest, XfsIsFound) {
  const LoopDevice large(400 * kMiB);
  Shell("mkfs.xfs -q -K " + large.path());
  EXPECT_EQ(ProbeDevice(large.path()).text, "filesystem xfs\n");
}

TEST_F(ProbeTest, Pain01_ADamagedFilesystemIsStillOne) {
  Shell("mkfs.ext4 -q " + disk_.path());
  disk_.Write(1024 + 0x88, "not where it was mounted last");
  EXPECT_EQ(Found(), "filesystem ext4\n");
}

TEST_F(ProbeTest, Pain01_AFilesystemWithoutItsSuperblockIsNotBlank) {
  Shell("mkfs.ext4 -q " + disk_.path());
  disk_.Write(0, std::string(4096, '\0'));
  EXPECT_THAT(Found(), StartsWith("data "));
}

TEST_F(ProbeTest, Pain01_AFilesystemWhoseEndsWereWipedIsNotBlank) {
  const LoopDevice disk(400 * kMiB);
  for (const char* const mkfs : {"mkfs.ext4 -q -b 1024 ", "mkfs.ext4 -q -b 2048 ",
                                 "mkfs.ext4 -q -b 4096 ", "mkfs.xfs -q -f "}) {
    Shell(mkfs + disk.path());
    for (const int64_t end : {int64_t{0}, 399 * kMiB}) disk.Write(end, std::string(kMiB, '\0'));
    EXPECT_THAT(ProbeDevice(disk.path()).text, StartsWith("data ")) << mkfs;
  }
}

TEST_F(ProbeTest, DataBetweenTheEndsIsFoundAtEvenlySpreadPlaces) {
  for (int64_t place = 2 * kMiB; place < kSize - kMiB; place += kMiB) {
    disk_.Write(place, "x");
    EXPECT_EQ(Found(), fmt::format("data {}\n", place));
    disk_.Write(place, std::string(1, '\0'));
  }
}

TEST_F(ProbeTest, OtherUsesAreOther) {
  Shell("mkswap -q " + disk_.path() + " 2>/dev/null || mkswap " + disk_.path() + " >/dev/null");
  EXPECT_EQ(Found(), "other swap\n");
}

TEST_F(ProbeTest, LuksIsOther) {
  std::string header(4096, '\0');
  header.replace(0, 8, std::string("LUKS\xba\xbe\0\1", 8));
  disk_.Write(0, header);
  EXPECT_EQ(Found(), "other crypto_LUKS\n");
}

TEST_F(ProbeTest, PartitionTablesAreOther) {
  WriteMbr('\x83');
  EXPECT_EQ(Found(), "other dos partition table\n");
}

TEST_F(ProbeTest, GptIsOther) {
  WritePrimaryGpt();
  WriteBackupGpt();
  EXPECT_EQ(Found(), "other gpt partition table\n");
}

TEST_F(ProbeTest, GptOfWhichOnlyTheBackupIsLeftIsOther) {
  WriteBackupGpt();
  EXPECT_EQ(Found(), "other gpt partition table\n");
}

TEST_F(ProbeTest, AFilesystemBesideAPartitionTableIsAmbivalent) {
  Shell("mkfs.ext4 -q " + disk_.path());
  WriteBackupGpt();
  EXPECT_THAT(Found(), testing::StartsWith("other ambivalent"));
}

TEST_F(ProbeTest, TwoSignaturesAreAmbivalent) {
  Shell("mkfs.ext4 -q " + disk_.path());
  disk_.Write((64 << 10) + 64, "_BHRfS_M");
  EXPECT_EQ(Found(), "other ambivalent\n");
}

TEST_F(ProbeTest, DataWithoutASignatureIsNotBlankWhereverItsEndLies) {
  for (const int64_t offset : {int64_t{0}, int64_t{4097}, kMiB - 1, kSize - kMiB, kSize - 1}) {
    disk_.Write(offset, "x");
    EXPECT_EQ(Found(), fmt::format("data {}\n", offset));
    disk_.Write(offset, std::string(1, '\0'));
  }
  EXPECT_EQ(Found(), "blank\n");
}

TEST_F(ProbeTest, ADeviceOfLessThanAMebibyteIsReadWhole) {
  const LoopDevice small(3 * kSector);
  EXPECT_EQ(ProbeDevice(small.path()).text, "blank\n");
  small.Write(3 * kSector - 1, "x");
  EXPECT_EQ(ProbeDevice(small.path()).text, "data 1535\n");
}

// mkfs wants it for itself. The kernel may hold a file for some milliseconds after its asynchronous
// reads are done, once in some ten thousand times; the smaller the device, the sooner that shows.
TEST_F(ProbeTest, TheDeviceIsFreeAsSoonAsItIsProbed) {
  const LoopDevice small(3 * kSector);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(ProbeDevice(small.path()).text, "blank\n") << i;
    const Fd alone(open(small.path().c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
    ASSERT_GE(alone.get(), 0) << i << ": " << strerror(errno);
  }
}

TEST_F(ProbeTest, Pain01_AnUnreadableDeviceIsAnErrorAndNotBlank) {
  disk_.Truncate(0);
  EXPECT_EQ(ProbeDevice(disk_.path()).error, EIO);
}

TEST_F(ProbeTest, Pain01_AnUnreadableEndIsAnErrorAndNotBlank) {
  for (const int64_t readable : {kSize / 2, kSize - 4096}) {
    disk_.Truncate(readable);
    EXPECT_EQ(ProbeDevice(disk_.path()).error, EIO) << readable;
  }
}

// A disk of zeros with one block that cannot be read: a file on Btrfs, which checks its checksums,
// with a block changed underneath.
class UnreadableBlockTest : public ProbeTest {
 protected:
  void SetUp() override {
    ProbeTest::SetUp();
    if (IsSkipped()) return;
    if (access("/usr/sbin/mkfs.btrfs", X_OK) != 0) GTEST_SKIP() << "needs mkfs.btrfs";
    Shell("mkfs.btrfs -q -m single -d single " + pool_.path());
    target_ = folder_.Folder("pool");
  }
  void Mount() { ASSERT_EQ(mount(pool_.path().c_str(), target_.c_str(), "btrfs", 0, nullptr), 0); }
  Outcome ProbeWithUnreadableBlockAt(int64_t offset) {
    std::string block;
    for (int i = 0; block.size() < 4096; ++i) block += fmt::format("unreadable {} ", i);
    Mount();
    Shell(fmt::format("truncate -s 16M {}/disk", target_));
    std::fstream(target_ + "/disk", std::ios::in | std::ios::out).seekp(offset) << block;
    EXPECT_EQ(umount(target_.c_str()), 0);
    const int64_t place = pool_.Find(block.substr(0, 512));
    EXPECT_GT(place, 0);
    pool_.Write(place, "X");
    Mount();
    const LoopDevice disk(target_ + "/disk");
    return ProbeDevice(disk.path());
  }

  TempDirectory folder_;
  LoopDevice pool_{256 * kMiB};
  std::string target_;
};

TEST_F(UnreadableBlockTest, Pain01_WhereLibblkidLooksIsAnErrorAndNotBlank) {
  constexpr int64_t kWhereVmfsWouldBe = 2 * kMiB;
  EXPECT_EQ(ProbeWithUnreadableBlockAt(kWhereVmfsWouldBe).error, EIO);
}

TEST_F(UnreadableBlockTest, Pain01_WhereLibblkidDoesNotLookIsAnErrorAndNotBlank) {
  EXPECT_EQ(ProbeWithUnreadableBlockAt(700 << 10).error, EIO);
}

TEST_F(ProbeTest, AMountedDeviceIsBusy) {
  Shell("mkfs.ext4 -q " + disk_.path());
  const TempDirectory folder;
  ASSERT_EQ(mount(disk_.path().c_str(), folder.Folder("mnt").c_str(), "ext4", 0, nullptr), 0);
  EXPECT_EQ(ProbeDevice(disk_.path()).error, EBUSY);
}

TEST_F(ProbeTest, OnlyBlockDevicesAreProbed) {
  const TempDirectory folder;
  EXPECT_EQ(ProbeDevice(folder.File("file")).error, ENOTBLK);
  EXPECT_EQ(ProbeDevice("/dev/null").error, ENOTBLK);
  EXPECT_EQ(ProbeDevice(folder / "gone").error, ENOENT);
}

}  // namespace
}  // namespace rds_csi
