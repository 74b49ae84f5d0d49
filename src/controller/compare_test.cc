// SPDX-License-Identifier: Apache-2.0
#include "controller/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

VolumeId Id(const std::string& text) { return *VolumeId::Parse(text); }
NodeId NodeOf(const std::string& text) { return *NodeId::Parse(text); }

Attachment At(const std::string& node, int64_t generation, absl::Duration ago = {}) {
  return {NodeOf(node), generation, true, absl::ToUnixSeconds(kNow - ago)};
}

Volume VolumeAt(const std::string& id, std::vector<Attachment> attachments) {
  Volume volume{Id(id), {}, {}};
  volume.ledger = Ledger{"cluster", Id(id), "1a2b3c4d", Origin::kBlank, 9, std::move(attachments)};
  return volume;
}

WantedAttachment Want(const std::string& id, const std::string& node, bool attached = true) {
  return {.volume = Id(id), .node = NodeOf(node), .attached = attached};
}

TEST(AllHeldTest, AreTheAttachmentsOfAllLedgers) {
  const Volume legacy{Id("c"), {}, {}};
  const std::vector<Held> held =
      AllHeld({VolumeAt("a", {At("n1", 1), At("n2", 2)}), VolumeAt("b", {}), legacy});
  ASSERT_THAT(held, SizeIs(2));
  EXPECT_EQ(held[1].volume, Id("a"));
  EXPECT_EQ(held[1].attachment.node, NodeOf("n2"));
}

TEST(WantedIndexTest, ByAVolumeAttachmentOfVolumeAndNode) {
  const Held held{Id("a"), At("n1", 1)};
  EXPECT_TRUE(WantedIndex({Want("a", "n1")}).Has(held));
  EXPECT_TRUE(WantedIndex({Want("a", "n1", /*attached=*/false)}).Has(held));
  EXPECT_FALSE(WantedIndex({Want("a", "n2"), Want("b", "n1")}).Has(held));
}

TEST(WantedIndexTest, OneOfAnUnknownVolumeMayBeOfThisOne) {
  const Held held{Id("a"), At("n1", 1)};
  EXPECT_TRUE(WantedIndex({{.volume = {}, .node = NodeOf("n1")}}).Has(held));
  EXPECT_FALSE(WantedIndex({{.volume = {}, .node = NodeOf("n2")}}).Has(held));
}

TEST(FindUnheldTest, ATT_11_WhatKubernetesTakesForAttachedAndTheRdsDoesNot) {
  const std::vector<Volume> volumes = {VolumeAt("a", {At("n1", 1)})};
  EXPECT_THAT(FindUnheld(volumes, {Want("a", "n1")}), IsEmpty());
  EXPECT_THAT(FindUnheld(volumes, {Want("a", "n2", /*attached=*/false)}), IsEmpty());
  const auto found = FindUnheld(volumes, {Want("a", "n2")});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].node, NodeOf("n2"));
}

TEST(FindUnheldTest, OfAVolumeWithoutLedgerNothingCanBeSaid) {
  EXPECT_THAT(FindUnheld({Volume{Id("a"), {}, {}}}, {Want("a", "n1")}), IsEmpty());
}

TEST(FindUnclaimedTest, ORP_1_AreThoseThatNoPersistentVolumeNames) {
  const std::vector<Volume> volumes = {VolumeAt("a", {}), VolumeAt("b", {})};
  const auto found = FindUnclaimed(volumes, std::set{Id("a")});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].volume, Id("b"));
}

TEST(FindUnclaimedTest, ORP_1_OneWithoutLedgerMayBeAnotherClusters) {
  EXPECT_THAT(FindUnclaimed({Volume{Id("a"), {}, {}}}, std::set<VolumeId>()), IsEmpty());
}

TEST(FindUnclaimedTest, ORP_1_WhereNobodyCanTellThereAreNone) {
  EXPECT_THAT(FindUnclaimed({VolumeAt("a", {})}, std::nullopt), IsEmpty());
}

TEST(FindLongMigrationsTest, ACC_1_TwoNodesForLongerThanTheVolumeAllows) {
  const std::vector<Volume> volumes = {
      VolumeAt("a", {At("n1", 1, absl::Hours(9)), At("n2", 2, absl::Seconds(61))})};
  WantedAttachment wanted = Want("a", "n2");
  wanted.migration_timeout = absl::Seconds(61);
  EXPECT_THAT(FindLongMigrations(volumes, {wanted}, kNow), IsEmpty());
  wanted.migration_timeout = absl::Seconds(60);
  const auto found = FindLongMigrations(volumes, {wanted}, kNow);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].text, HasSubstr("n1 and n2"));
}

TEST(FindLongMigrationsTest, AVolumeOfOneNodeHasNone) {
  EXPECT_THAT(FindLongMigrations({VolumeAt("a", {At("n1", 1, absl::Hours(9))})}, {}, kNow),
              IsEmpty());
}

}  // namespace
}  // namespace rds_csi
