// SPDX-License-Identifier: Apache-2.0
#include "controller/list.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"
#include "controller/delete.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ListTest : public ControllerFixture {
 protected:
  void GivenVolumes() {
    for (const char* id : {"c", "a", "e", "b", "d"}) GivenVolume(id);
  }
  absl::StatusOr<ListPage> List(int32_t max_entries, const std::string& token = "") {
    return ListVolumes(controller(), Listed::kAll, max_entries, token, deadline_);
  }
  static std::vector<std::string> Ids(const ListPage& page) {
    std::vector<std::string> ids;
    for (const ListedVolume& volume : page.volumes) ids.push_back(volume.id.str());
    return ids;
  }
};

TEST_F(ListTest, VOL_1_ListsEverythingInOrderInOneRoundTrip) {
  GivenVolumes();
  const auto page = List(0);
  EXPECT_THAT(Ids(*page), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(page->next_token, "");
  EXPECT_EQ(page->volumes[0].capacity_bytes, kSize);
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(ListTest, VOL_1_PagesFollowEachOther) {
  GivenVolumes();
  const auto first = List(2);
  EXPECT_THAT(Ids(*first), ElementsAre("a", "b"));
  const auto second = List(2, first->next_token);
  EXPECT_THAT(Ids(*second), ElementsAre("c", "d"));
  const auto third = List(2, second->next_token);
  EXPECT_THAT(Ids(*third), ElementsAre("e"));
  EXPECT_EQ(third->next_token, "");
}

TEST_F(ListTest, VOL_1_ATokenStaysValidWhileVolumesComeAndGo) {
  GivenVolumes();
  const auto first = List(2);
  ASSERT_TRUE(DeleteVolume(controller(), Id("b"), deadline_).ok());
  GivenVolume("aa");
  EXPECT_THAT(Ids(*List(0, first->next_token)), ElementsAre("c", "d", "e"));
}

TEST_F(ListTest, TheRdsIsAskedOnceForAllPages) {
  GivenVolumes();
  Forget();
  const auto first = List(2);
  const auto second = List(2, first->next_token);
  ASSERT_TRUE(List(2, second->next_token).ok());
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(ListTest, AFirstPageIsOfNow) {
  GivenVolumes();
  ASSERT_TRUE(List(2).ok());
  GivenVolume("aa");
  EXPECT_THAT(Ids(*List(2)), ElementsAre("a", "aa"));
}

TEST_F(ListTest, APageThatIsAskedForLateIsOfNow) {
  GivenVolumes();
  const auto first = List(2);
  GivenVolume("bb");
  clock_.Advance(KeptListing::kKept + absl::Seconds(1));
  EXPECT_THAT(Ids(*List(2, first->next_token)), ElementsAre("bb", "c"));
}

TEST_F(ListTest, NothingIsKeptAfterTheLastPage) {
  GivenVolumes();
  const auto first = List(3);
  ASSERT_TRUE(List(3, first->next_token).ok());
  EXPECT_EQ(listing_.Find(clock_.Now()), nullptr);
}

TEST_F(ListTest, APageThatHoldsTheRestHasNoToken) {
  GivenVolumes();
  EXPECT_EQ(List(5)->next_token, "");
  EXPECT_EQ(List(6)->next_token, "");
}

TEST_F(ListTest, ATokenThatIsNoneIsAborted) {
  for (const char* token : {"-", "a b", "a;b", "pvc-1", "after:", "after:a b"}) {
    EXPECT_EQ(List(0, token).status().code(), Code::kAborted) << token;
  }
}

TEST_F(ListTest, TellsWhereVolumesAreAttached) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  const auto page = List(0);
  EXPECT_THAT(page->volumes[0].published_nodes, ElementsAre("node-a", "node-b"));
  EXPECT_FALSE(page->volumes[0].abnormal.has_value());
}

TEST_F(ListTest, SaysWhenAnAttachedVolumeLostItsExport) {
  GivenVolume();
  GivenAttached("node-a");
  Row()["nvme-tcp-export"] = "false";
  EXPECT_THAT(List(0)->volumes[0].abnormal->message, HasSubstr("not exported"));
}

TEST_F(ListTest, SaysWhenAnExportAdmitsOthersThanTheLedger) {
  GivenVolume();
  GivenAttached("node-a");
  Row()["nvme-tcp-server-allow-host-name"] = "";
  EXPECT_THAT(List(0)->volumes[0].abnormal->message, HasSubstr("admits"));
}

TEST_F(ListTest, SaysWhenADetachedVolumeIsExported) {
  GivenVolume();
  Row()["nvme-tcp-export"] = "true";
  EXPECT_THAT(List(0)->volumes[0].abnormal->message, HasSubstr("not attached"));
}

TEST_F(ListTest, OnlyWhatIsAbnormalPageByPage) {
  for (const char* id : {"pvc-1", "pvc-2", "pvc-3", "pvc-4"}) GivenVolume(id);
  for (const char* id : {"pvc-2", "pvc-3"}) Row(id)["nvme-tcp-export"] = "true";
  const auto first = ListVolumes(controller(), Listed::kAbnormal, 1, "", deadline_);
  EXPECT_THAT(Ids(*first), ElementsAre("pvc-2"));
  const auto rest = ListVolumes(controller(), Listed::kAbnormal, 1, first->next_token, deadline_);
  EXPECT_THAT(Ids(*rest), ElementsAre("pvc-3"));
  EXPECT_EQ(rest->next_token, "");
}

TEST_F(ListTest, VOL_2_TheFormerDriversVolumesAreOursBelowOurDirectories) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  rds_.AddLegacyDisk("pvc-2", kSize)["file-path"] = "/storage-pool/private/pvc-2.img";
  const auto page = List(0);
  EXPECT_THAT(Ids(*page), ElementsAre("pvc-1"));
  EXPECT_FALSE(page->volumes[0].abnormal.has_value());
}

TEST_F(ListTest, AnotherClustersVolumesAreNotTold) {
  GivenVolume();
  config_.cluster_id = "other";
  EXPECT_THAT(List(0)->volumes, IsEmpty());
}

TEST_F(ListTest, WhatCannotBeReadIsSaid) {
  GivenVolume();
  Row()["comment"] = "rds-csi:9,what";
  EXPECT_THAT(List(0)->volumes, IsEmpty());
  EXPECT_THAT(List(0)->unreadable, SizeIs(1));
}

TEST_F(ListTest, AnRdsThatCannotBeReachedIsNotAnEmptyList) {
  rds_.unreachable = true;
  EXPECT_EQ(List(0).status().code(), Code::kUnavailable);
}

TEST_F(ListTest, OneVolume) {
  GivenVolume();
  GivenAttached("node-a");
  const auto volume = GetVolume(controller(), id_, deadline_);
  ASSERT_TRUE(volume.ok());
  EXPECT_EQ(volume->capacity_bytes, kSize);
  EXPECT_THAT(volume->published_nodes, ElementsAre("node-a"));
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(ListTest, OneVolumeThatIsNotThereIsNotFound) {
  EXPECT_EQ(GetVolume(controller(), id_, deadline_).status().code(), Code::kNotFound);
}

TEST_F(ListTest, OneVolumeOfAnRdsThatCannotBeReachedIsUnavailable) {
  rds_.unreachable = true;
  EXPECT_EQ(GetVolume(controller(), id_, deadline_).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rds_csi
