// SPDX-License-Identifier: Apache-2.0
#include "host/linux_mount_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MountOptionsTest, DefaultsAskForNothing) {
  const MountOptions options = SortMountOptions({"rw", "defaults"});
  EXPECT_EQ(options.attributes, 0u);
  EXPECT_EQ(options.flags, 0u);
  EXPECT_FALSE(options.sets_atime);
  EXPECT_THAT(options.superblock, IsEmpty());
  EXPECT_THAT(options.data, IsEmpty());
}

TEST(MountOptionsTest, ReadOnlyIsForTheMountAndTheSuperblock) {
  const MountOptions options = SortMountOptions({"ro"});
  EXPECT_EQ(options.attributes, static_cast<uint64_t>(MOUNT_ATTR_RDONLY));
  EXPECT_EQ(options.flags, static_cast<unsigned long>(MS_RDONLY));
  EXPECT_THAT(options.superblock, ElementsAre("ro"));
  EXPECT_THAT(options.data, IsEmpty());
}

TEST(MountOptionsTest, OfTheAtimeOptionsTheLastCounts) {
  const MountOptions options = SortMountOptions({"noatime", "nodiratime", "strictatime"});
  EXPECT_EQ(options.attributes,
            static_cast<uint64_t>(MOUNT_ATTR_STRICTATIME | MOUNT_ATTR_NODIRATIME));
  EXPECT_EQ(options.flags, static_cast<unsigned long>(MS_STRICTATIME | MS_NODIRATIME));
  EXPECT_EQ(SortMountOptions({"noatime", "relatime"}).attributes, 0u);
  EXPECT_TRUE(SortMountOptions({"relatime"}).sets_atime);
}

TEST(MountOptionsTest, WhatItDoesNotKnowIsTheFilesystems) {
  const MountOptions options = SortMountOptions({"nouuid", "errors=continue", "sync", "RO"});
  EXPECT_THAT(options.superblock, ElementsAre("nouuid", "errors=continue", "sync", "RO"));
  EXPECT_THAT(options.data, ElementsAre("nouuid", "errors=continue", "RO"));
  EXPECT_EQ(options.attributes, 0u);
}

}  // namespace
}  // namespace rds_csi
