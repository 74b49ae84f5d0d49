// SPDX-License-Identifier: Apache-2.0
#include "rds/fence.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

constexpr RosBehaviour kOneName{.allow_host_is_list = false, .allow_host_drops_sessions = false};
constexpr RosBehaviour kList{.allow_host_is_list = true, .allow_host_drops_sessions = false};

TEST(FenceTest, ATT_10_OneHostIsAdmittedByItsName) {
  EXPECT_EQ(AllowHost({{"nqn.a"}}, kOneName), "nqn.a");
  EXPECT_EQ(AllowHost({{"nqn.a"}}, kList), "nqn.a");
}

TEST(FenceTest, ACC_1_TwoHostsAreAListWhereListsAreAllowed) {
  EXPECT_EQ(AllowHost({{"nqn.a", "nqn.b"}}, kList), "nqn.a,nqn.b");
}

TEST(FenceTest, ACC_1_TwoHostsOpenTheExportWhereOnlyOneNameIs) {
  EXPECT_EQ(AllowHost({{"nqn.a", "nqn.b"}}, kOneName), "");
}

TEST(FenceTest, TheOrderOfHostsDoesNotMatter) {
  EXPECT_TRUE(SameHosts("nqn.a,nqn.b", "nqn.b,nqn.a"));
  EXPECT_FALSE(SameHosts("nqn.a", "nqn.a,nqn.b"));
  EXPECT_FALSE(SameHosts("", "nqn.a"));
  EXPECT_TRUE(SameHosts("", ""));
}

TEST(FenceTest, KnowsWhoLosesAccess) {
  EXPECT_TRUE(NobodyLoses("nqn.a", ""));
  EXPECT_TRUE(NobodyLoses("nqn.a", "nqn.b,nqn.a"));
  EXPECT_TRUE(NobodyLoses("", ""));
  EXPECT_FALSE(NobodyLoses("", "nqn.a"));
  EXPECT_FALSE(NobodyLoses("nqn.a,nqn.b", "nqn.b"));
  EXPECT_FALSE(NobodyLoses("nqn.a", "nqn.b"));
}

}  // namespace
}  // namespace rds_csi
