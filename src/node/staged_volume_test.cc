// SPDX-License-Identifier: Apache-2.0
#include "node/staged_volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

StagedVolume Filesystem() {
  StagedVolume volume = {.id = *VolumeId::Parse("pvc-1"), .phase = StagePhase::kStaged};
  volume.boot_id = "5f1c";
  volume.staging_path = "/var/lib/kubelet/plugins/a/globalmount";
  volume.fs_type = "ext4";
  volume.mount_options = {"noatime", "discard"};
  volume.address = {"10.0.0.1", 4420};
  const std::string uuid = "1b4e28ba-2fa1-5d2f-883f-b9a761bde3fb";
  volume.host = {"nqn.2014-08.org.nvmexpress:uuid:" + uuid, uuid};
  volume.generation = 7;
  volume.timeouts.anchor_seconds = 600;
  volume.claim = {"shop", "orders"};
  volume.device = {259, 3};
  volume.size_bytes = int64_t{1} << 30;
  volume.lifeline = Lifeline::kAnchor;
  volume.lost_unix_seconds = 1'800'000'000;
  return volume;
}

StagedVolume Block() {
  StagedVolume volume = Filesystem();
  volume.block = true;
  volume.fs_type = "";
  volume.mount_options = {};
  volume.lifeline = Lifeline::kOff;
  return volume;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(StagedVolumeTest, WhatIsWrittenIsReadBack) {
  for (const StagedVolume& volume : {Filesystem(), Block()}) {
    const absl::StatusOr<StagedVolume> read = ParseStagedVolume(FormatStagedVolume(volume));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, volume);
  }
}

// A record outlives the plugin that wrote it: a change of its text is a change of version.
TEST(StagedVolumeTest, TheTextIsThatOfTheGoldenFile) {
  std::ostringstream golden;
  golden << std::ifstream(RDS_CSI_GOLDEN "/staged_volume.json").rdbuf();
  EXPECT_EQ(FormatStagedVolume(Filesystem()), golden.str());
}

TEST(StagedVolumeTest, NothingIsGuessedWhereARecordIsDamaged) {
  const std::string text = FormatStagedVolume(Filesystem());
  const std::pair<const char*, const char*> table[] = {
      {"\"version\":1", "\"version\":2"},
      {"\"volume_id\":\"pvc-1\"", "\"volume_id\":\"../x\""},
      {"\"phase\":\"staged\"", "\"phase\":\"done\""},
      {"\"phase\":\"staged\"", "\"phase\":1"},
      {"\"block\":false", "\"block\":true"},
      {"\"block\":false", "\"block\":0"},
      {"\"fs_type\":\"ext4\"", "\"fs_type\":\"ntfs\""},
      {"\"fs_type\":\"ext4\"", "\"fs_type\":\"\""},
      {"\"noatime\"", "\"bind\""},
      {"\"noatime\"", "7"},
      {"\"address\":\"10.0.0.1\"", "\"address\":\"a,b\""},
      {"\"port\":4420", "\"port\":0"},
      {"\"port\":4420", "\"port\":4420.5"},
      {"\"host_id\":\"", "\"host_id\":\"x"},
      {"\"generation\":7", "\"generation\":-1"},
      {"\"anchor_seconds\":600", "\"anchor_seconds\":86401"},
      {"\"staging_path\":\"/var", "\"staging_path\":\"var"},
      {"\"device\":\"259:3\"", "\"device\":\"nvme0n1\""},
      {"\"lifeline\":\"anchor\"", "\"lifeline\":\"rope\""},
      {"\"lost\":1800000000", "\"lost\":-1"},
      {"\"lost\":1800000000,", ""},
      {"{", "{\"more\":1,"},
      {"{", "{ "},
      {"}\n", "}"},
      {"}\n", "}\n\n"},
  };
  for (const auto& [from, to] : table) {
    EXPECT_EQ(ParseStagedVolume(Replaced(text, from, to)).status().code(),
              absl::StatusCode::kFailedPrecondition)
        << from << " -> " << to;
  }
}

TEST(StagedVolumeTest, ARecordThatIsCutOffAnywhereIsDamaged) {
  const std::string text = FormatStagedVolume(Filesystem());
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseStagedVolume(text.substr(0, size)).ok()) << size;
  }
}

TEST(StagedVolumeTest, WhatIsWrongIsNamed) {
  const std::string text =
      Replaced(FormatStagedVolume(Filesystem()), "\"port\":4420", "\"port\":70000");
  EXPECT_THAT(Message(ParseStagedVolume(text).status()), HasSubstr("port: no whole number"));
}

TEST(StagedVolumeTest, ATextThatIsNoUtf8CannotBeRecorded) {
  StagedVolume volume = Filesystem();
  volume.staging_path = "/var/\xff";
  EXPECT_NE(ParseStagedVolume(FormatStagedVolume(volume)).value_or(Block()), volume);
}

TEST(StagedVolumeTest, ATT_12_ItIsConnectedAgainAsTheAttachmentItWasStagedFor) {
  EXPECT_EQ(TargetOf(Filesystem()).host, Filesystem().host);
  EXPECT_EQ(TargetOf(Filesystem()).nqn, "nqn.2000-02.com.mikrotik:pvc-1");
}

}  // namespace
}  // namespace rds_csi
