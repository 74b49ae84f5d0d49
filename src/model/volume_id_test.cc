// SPDX-License-Identifier: Apache-2.0
#include "model/volume_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"
#include "model/arbitrary.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

TEST(VolumeIdTest, VOL_2_TakesTheNamesThatKubernetesMakes) {
  for (const char* id : {"pvc-1b2c3d4e-0000-4000-8000-abcdefabcdef", "a", "0", "A.b_c-d", "a..b",
                         "sanity-node-full-35A55673-604D-59F6", "a-"}) {
    ASSERT_TRUE(VolumeId::Parse(id).ok()) << id;
    EXPECT_EQ(VolumeId::Parse(id)->str(), id);
  }
}

TEST(VolumeIdTest, VOL_2_AtMost128Characters) {
  EXPECT_TRUE(VolumeId::Parse(std::string(128, 'a')).ok());
  EXPECT_EQ(VolumeId::Parse(std::string(129, 'a')).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(VolumeIdTest, VOL_2_RefusesHostileTextAndSaysWhy) {
  using std::string_literals::operator""s;
  const std::pair<std::string, std::string> table[] = {
      {"", "it is empty"},
      {".", "must begin with"},
      {"..", "must begin with"},
      {"-rf", "must begin with"},
      {"_a", "must begin with"},
      {"../../etc/passwd", "\"/\" is not allowed"},
      {"a/b", "\"/\" is not allowed"},
      {"pvc-1\0evil"s, "\"\\x00\" is not allowed"},
      {"pvc-1\nevil", "\"\\x0a\" is not allowed"},
      {"pvc 1", "\" \" is not allowed"},
      {"a,hostnqn=b", "\",\" is not allowed"},
      {"a;/system/reset", "\";\" is not allowed"},
      {"$[/system/reboot]", "\"$\" is not allowed"},
      {"a{b}", "\"{\" is not allowed"},
      {"a\"b", "\"\\\"\" is not allowed"},
      {"a\\b", "\"\\\\\" is not allowed"},
      {"a:b", "\":\" is not allowed"},
      {"a=b", "\"=\" is not allowed"},
      {"*1F", "\"*\" is not allowed"},
      {"pvc-\u00e9", "is not allowed"},
      {std::string(5000, 'x'), "it has 5000 characters, at most 128 are allowed"},
  };
  for (const auto& [id, reason] : table) {
    const absl::Status status = VolumeId::Parse(id).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_THAT(Message(status), HasSubstr(reason)) << id;
  }
}

TEST(VolumeIdTest, VOL_2_TheErrorQuotesTheIdAndIsShort) {
  EXPECT_EQ(Message(VolumeId::Parse("my volume").status()),
            "\"my volume\" is not a volume id: \" \" is not allowed, only letters, digits, '.', "
            "'_' and '-'");
  EXPECT_LT(Message(VolumeId::Parse(std::string(100000, 'x')).status()).size(), 300u);
}

TEST(VolumeIdTest, VOL_2_NamesMadeFromTheIdNeverChange) {
  const VolumeId id = *VolumeId::Parse("pvc-1b2c3d4e-0000-4000-8000-abcdefabcdef");
  EXPECT_EQ(id.Slot(), "csi-3131b074d394c680de1ed66852c1");
  EXPECT_EQ(id.Nqn(), "nqn.2000-02.com.mikrotik:pvc-1b2c3d4e-0000-4000-8000-abcdefabcdef");
}

TEST(VolumeIdTest, VOL_2_IdsThatDifferInCaseAreDifferentVolumes) {
  const VolumeId lower = *VolumeId::Parse("pvc-a");
  const VolumeId upper = *VolumeId::Parse("PVC-A");
  EXPECT_NE(lower, upper);
  EXPECT_NE(lower.Slot(), upper.Slot());
  EXPECT_NE(lower.Nqn(), upper.Nqn());
}

TEST(VolumeIdTest, ORP_1_TellsASlotFromOtherNames) {
  const std::string slot = VolumeId::Parse("pvc-1")->Slot();
  EXPECT_TRUE(IsSlot(slot));
  for (const std::string& other : {slot + "0", slot.substr(1), "dsi-" + slot.substr(4),
                                   "csi-" + std::string(28, 'x'), std::string("pvc-1")}) {
    EXPECT_FALSE(IsSlot(other)) << other;
  }
}

RC_GTEST_PROP(VolumeIdTest, VOL_2_EverySlotFitsIntoRouterOs, ()) {
  const std::string slot = (*arbitrary::AnyVolumeId()).Slot();
  RC_ASSERT(slot.size() == 32u);
  RC_ASSERT(slot.find_first_not_of("csi-0123456789abcdef") == std::string::npos);
}

RC_GTEST_PROP(VolumeIdTest, VOL_2_WhatIsTakenIsTakenUnchanged, (const std::string& text)) {
  const absl::StatusOr<VolumeId> id = VolumeId::Parse(text);
  if (id.ok()) {
    RC_ASSERT(id->str() == text);
  } else {
    RC_ASSERT(id.status().code() == absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace rds_csi
