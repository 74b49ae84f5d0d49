// SPDX-License-Identifier: Apache-2.0
#include "node/staged_store.h"

#include <fmt/format.h>

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StagedStoreTest : public NodeTest {
 protected:
  static StagedVolume Make(const std::string& id) {
    StagedVolume volume = {.id = *VolumeId::Parse(id)};
    volume.staging_path = kStaging;
    volume.block = true;
    volume.address = {"rds", 4420};
    volume.host = NodeIdentity("cluster", *NodeId::Parse("worker-1"));
    volume.timeouts.anchor_seconds = 0;
    return volume;
  }
  static std::string PathOf(const std::string& id) {
    return fmt::format("/var/lib/rds-csi/staged/{}.json", id);
  }
  StagedStore store_ = node().staged();
};

TEST_F(StagedStoreTest, WhatIsPutIsFoundAndListed) {
  ASSERT_TRUE(store_.Put(Make("pvc-1")).ok());
  ASSERT_TRUE(store_.Put(Make("pvc-2")).ok());
  EXPECT_EQ(*store_.Find(id_), Make("pvc-1"));
  EXPECT_THAT(store_.List()->volumes, ElementsAre(Make("pvc-1"), Make("pvc-2")));
}

TEST_F(StagedStoreTest, OnlyRootMayReadARecord) {
  ASSERT_TRUE(store_.Put(Make("pvc-1")).ok());
  EXPECT_EQ(machine_.FindFile(PathOf("pvc-1"))->mode, 0600u);
}

TEST_F(StagedStoreTest, AFolderThatIsMadeIsForRootAlone) {
  config_.state_dir = "/var/lib/new";
  ASSERT_TRUE(node().staged().Put(Make("pvc-1")).ok());
  EXPECT_EQ(machine_.FindFile("/var/lib/new/staged")->mode, 0700u);
}

TEST_F(StagedStoreTest, ARecordThatCannotBeReadIsNotTakenForNone) {
  machine_.AddDirectory(PathOf("pvc-1"));
  EXPECT_FALSE(store_.Find(id_).ok());
  EXPECT_THAT(store_.List()->damaged, SizeIs(1));
}

TEST_F(StagedStoreTest, AFileThatIsNamedAfterNoVolumeIsToldAsDamaged) {
  machine_.AddFile(PathOf("-rf"), "");
  ASSERT_TRUE(store_.Put(Make("pvc-1")).ok());
  const auto found = store_.List();
  EXPECT_THAT(found->volumes, SizeIs(1));
  ASSERT_THAT(found->damaged, SizeIs(1));
  EXPECT_EQ(found->damaged[0].name, "-rf");
}

TEST_F(StagedStoreTest, AFolderThatIsNotThereHoldsNothing) {
  config_.state_dir = "/none";
  EXPECT_THAT(node().staged().List()->volumes, IsEmpty());
  EXPECT_EQ(*node().staged().Find(id_), std::nullopt);
}

TEST_F(StagedStoreTest, ADamagedRecordHidesNoOther) {
  ASSERT_TRUE(store_.Put(Make("pvc-2")).ok());
  machine_.AddFile(PathOf("pvc-1"), "nonsense");
  const StagedVolumes found = *store_.List();
  EXPECT_THAT(found.volumes, SizeIs(1));
  ASSERT_THAT(found.damaged, SizeIs(1));
  EXPECT_EQ(found.damaged[0].name, "pvc-1");
  EXPECT_THAT(found.damaged[0].reason, HasSubstr(PathOf("pvc-1")));
}

TEST_F(StagedStoreTest, ARecordUnderAnotherVolumesNameIsDamaged) {
  machine_.AddFile(PathOf("pvc-1"), FormatStagedVolume(Make("pvc-2")));
  EXPECT_EQ(store_.Find(id_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(StagedStoreTest, WhatACrashLeftOfAWriteIsNoRecord) {
  machine_.AddFile(PathOf("pvc-1") + ".new", "half");
  EXPECT_THAT(store_.List()->volumes, IsEmpty());
  EXPECT_THAT(store_.List()->damaged, IsEmpty());
}

TEST_F(StagedStoreTest, WhatACrashLeftOfAWriteGoesWithTheRecord) {
  machine_.AddFile(PathOf("pvc-1") + ".new", "half");
  EXPECT_TRUE(store_.Remove(id_).ok());
  EXPECT_FALSE(machine_.FindFile(PathOf("pvc-1") + ".new"));
}

TEST_F(StagedStoreTest, WhatCannotBeReadAgainIsNotWritten) {
  StagedVolume volume = Make("pvc-1");
  volume.staging_path = "not a path";
  EXPECT_EQ(store_.Put(volume).code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(machine_.FindFile(PathOf("pvc-1")));
}

TEST_F(StagedStoreTest, RemovedTwiceIsSuccess) {
  ASSERT_TRUE(store_.Put(Make("pvc-1")).ok());
  EXPECT_TRUE(store_.Remove(id_).ok());
  EXPECT_TRUE(store_.Remove(id_).ok());
  EXPECT_EQ(*store_.Find(id_), std::nullopt);
}

}  // namespace
}  // namespace rds_csi
