// SPDX-License-Identifier: Apache-2.0
#include "kube/resource.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

TEST(ResourceTest, HasThePathsOfTheApiServer) {
  EXPECT_EQ(*ObjectPath(kNodes, {"", "worker-1"}), "/api/v1/nodes/worker-1");
  EXPECT_EQ(*ObjectPath(kEvents, {"shop", "a.1"}), "/api/v1/namespaces/shop/events/a.1");
  EXPECT_EQ(*CollectionPath(kVolumeAttachments, ""), "/apis/storage.k8s.io/v1/volumeattachments");
  EXPECT_EQ(*CollectionPath(kPersistentVolumeClaims, ""), "/api/v1/persistentvolumeclaims");
}

TEST(ResourceTest, IsDescribedForPeople) {
  EXPECT_EQ(Describe(kNodes, {"", "a"}), "nodes a");
  EXPECT_EQ(Describe(kNodes, {}), "nodes");
  EXPECT_EQ(Describe(kEvents, {"shop", "a.1"}), "events shop/a.1");
  EXPECT_EQ(Describe(kEvents, {"shop", ""}), "events in shop");
}

TEST(ResourceTest, RefusesNamesThatWouldLeadElsewhere) {
  for (const char* const name : {"", ".", "..", "a/b", "a?b", "a%2fb", "a b", "\xc3\xa4"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ObjectPath(kNodes, {"", name}).status())) << name;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(CollectionPath(kEvents, "a/b").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ObjectPath(kEvents, {"", "a"}).status()));
}

TEST(ResourceTest, RefusesNamesThatAreTooLong) {
  EXPECT_TRUE(ObjectPath(kEvents, {std::string(63, 'a'), std::string(253, 'a')}).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(ObjectPath(kNodes, {"", std::string(254, 'a')}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(CollectionPath(kEvents, std::string(64, 'a')).status()));
}

TEST(ResourceTest, EscapesWhatAQueryWouldUnderstand) {
  EXPECT_EQ(EscapeQuery("a-B_1.~&=+/ \xff"), "a-B_1.~%26%3D%2B%2F%20%FF");
}

}  // namespace
}  // namespace rds_csi
