// SPDX-License-Identifier: Apache-2.0
#include "kube/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

Json Meta(const std::string& name) {
  return {{"name", name}, {"uid", "uid-" + name}, {"resourceVersion", "7"}};
}

Json Volume() {
  return {{"metadata", Meta("pvc-1")},
          {"spec",
           {{"csi",
             {{"driver", "rds.csi.srvlab.io"},
              {"volumeHandle", "pvc-1"},
              {"volumeAttributes", {{"migrationTimeoutSeconds", "300"}}}}},
            {"claimRef", {{"namespace", "shop"}, {"name", "data"}, {"uid", "u"}}}}},
          {"status", {{"phase", "Bound"}}}};
}

Json Attachment() {
  return {{"metadata", Meta("csi-1")},
          {"spec",
           {{"attacher", "rds.csi.srvlab.io"},
            {"nodeName", "worker-1"},
            {"source", {{"persistentVolumeName", "pvc-1"}}}}},
          {"status", {{"attached", true}}}};
}

TEST(ObjectsTest, ReadsWhatEveryObjectHas) {
  Json object = {{"metadata", Meta("worker-1")}};
  object["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:05Z";
  const auto meta = ReadMeta(object, "node");
  ASSERT_TRUE(meta.ok()) << Message(meta.status());
  EXPECT_EQ(meta->name.name, "worker-1");
  EXPECT_EQ(meta->uid, "uid-worker-1");
  EXPECT_EQ(meta->deleted, absl::FromUnixSeconds(1'767'323'045));
}

TEST(ObjectsTest, ReadsAPersistentVolume) {
  const auto volume = ReadPersistentVolume(Volume());
  ASSERT_TRUE(volume.ok()) << Message(volume.status());
  EXPECT_EQ(volume->csi->volume_handle, "pvc-1");
  EXPECT_EQ(volume->csi->attributes.at("migrationTimeoutSeconds"), "300");
  EXPECT_EQ(volume->claim->name, (ObjectName{"shop", "data"}));
  EXPECT_EQ(volume->claim->uid, "u");
  EXPECT_EQ(volume->phase, "Bound");
}

TEST(ObjectsTest, AVolumeOfAnotherKindHasNoCsiSource) {
  Json object = Volume();
  object["spec"] = {{"nfs", {{"server", "a"}}}};
  const auto volume = ReadPersistentVolume(object);
  ASSERT_TRUE(volume.ok());
  EXPECT_FALSE(volume->csi);
  EXPECT_FALSE(volume->claim);
}

TEST(ObjectsTest, ReadsAVolumeAttachment) {
  const auto attachment = ReadVolumeAttachment(Attachment());
  ASSERT_TRUE(attachment.ok()) << Message(attachment.status());
  EXPECT_EQ(attachment->attacher, "rds.csi.srvlab.io");
  EXPECT_EQ(attachment->node, "worker-1");
  EXPECT_EQ(attachment->volume_name, "pvc-1");
  EXPECT_TRUE(attachment->attached);
  EXPECT_FALSE(attachment->meta.deleted);
}

TEST(ObjectsTest, AnAttachmentThatHasNoStatusYetIsNotAttached) {
  Json object = Attachment();
  object.erase("status");
  object["spec"]["source"] = {{"inlineVolumeSpec", Json::object()}};
  const auto attachment = ReadVolumeAttachment(object);
  ASSERT_TRUE(attachment.ok());
  EXPECT_FALSE(attachment->attached);
  EXPECT_FALSE(attachment->volume_name);
}

// Each is one member of an object that is otherwise sound.
struct Damage {
  const char* pointer;
  Json value;
};

class DamagedAttachmentTest : public testing::TestWithParam<Damage> {};

TEST_P(DamagedAttachmentTest, IsAnErrorThatNamesTheObject) {
  Json object = Attachment();
  object[Json::json_pointer(GetParam().pointer)] = GetParam().value;
  const auto attachment = ReadVolumeAttachment(object);
  EXPECT_TRUE(absl::IsInternal(attachment.status()));
  EXPECT_THAT(Message(attachment.status()), HasSubstr("volume attachment "));
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedAttachmentTest,
    testing::Values(Damage{"/metadata/name", nullptr}, Damage{"/metadata/uid", 7},
                    Damage{"/metadata/uid", nullptr}, Damage{"/spec/nodeName", nullptr},
                    Damage{"/metadata/resourceVersion", ""}, Damage{"/metadata", "text"},
                    Damage{"/metadata/creationTimestamp", "yesterday"},
                    Damage{"/metadata/deletionTimestamp", true}, Damage{"/spec", Json::array()},
                    Damage{"/spec/attacher", nullptr}, Damage{"/spec/nodeName", Json::object()},
                    Damage{"/spec/source", "pvc-1"}, Damage{"/spec/source/persistentVolumeName", 1},
                    Damage{"/status/attached", "true"}, Damage{"/status", 1}));

class DamagedVolumeTest : public testing::TestWithParam<Damage> {};

TEST_P(DamagedVolumeTest, IsAnErrorThatNamesTheObject) {
  Json object = Volume();
  object[Json::json_pointer(GetParam().pointer)] = GetParam().value;
  const auto volume = ReadPersistentVolume(object);
  EXPECT_TRUE(absl::IsInternal(volume.status()));
  EXPECT_THAT(Message(volume.status()), HasSubstr("persistent volume "));
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedVolumeTest,
    testing::Values(Damage{"/spec/csi", "text"}, Damage{"/spec/csi/driver", nullptr},
                    Damage{"/spec/csi/volumeHandle", Json::array()},
                    Damage{"/spec/csi/volumeAttributes", 1},
                    Damage{"/spec/csi/volumeAttributes/migrationTimeoutSeconds", 300},
                    Damage{"/spec/claimRef", 1}, Damage{"/spec/claimRef/namespace", nullptr},
                    Damage{"/spec/claimRef/name", 1}, Damage{"/status/phase", 1}));

}  // namespace
}  // namespace rds_csi
