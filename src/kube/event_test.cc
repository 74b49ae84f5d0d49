// SPDX-License-Identifier: Apache-2.0
#include "kube/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

using testing::EndsWith;
using testing::StartsWith;

const absl::Time kNow = absl::FromUnixSeconds(1'767'323'045);

Json EventFor(const Report& report) {
  return NewEvent(report, {"rds.csi.srvlab.io", "worker-1"}, {{"shop", "data"}, "u-1"}, "data.1",
                  kNow);
}

TEST(EventTest, Incident09_EVT_1_IsAboutTheClaimInItsNameSpaceWithItsUid) {
  const Json event = EventFor({Reason::kRecoveryFailed, "pvc-1", "worker-1", {}, "It is gone."});
  EXPECT_EQ(event["metadata"], (Json{{"name", "data.1"}, {"namespace", "shop"}}));
  EXPECT_EQ(event["involvedObject"], (Json{{"apiVersion", "v1"},
                                           {"kind", "PersistentVolumeClaim"},
                                           {"namespace", "shop"},
                                           {"name", "data"},
                                           {"uid", "u-1"}}));
  EXPECT_EQ(event["reason"], "RecoveryFailed");
  EXPECT_EQ(event["type"], "Warning");
  EXPECT_EQ(event["message"], "It is gone.");
  EXPECT_EQ(event["firstTimestamp"], "2026-01-02T03:04:05Z");
  EXPECT_EQ(event["lastTimestamp"], "2026-01-02T03:04:05Z");
  EXPECT_EQ(event["count"], 1);
  EXPECT_EQ(event["reportingComponent"], "rds.csi.srvlab.io");
  EXPECT_EQ(event["reportingInstance"], "worker-1");
}

TEST(EventTest, EVT_1_WhatNobodyHasToLookAtIsNormal) {
  EXPECT_EQ(EventFor({Reason::kVolumeAttached, "pvc-1", "", {}, ""})["type"], "Normal");
}

TEST(EventTest, AMessageIsNeverLongerThanTheApiServerTakes) {
  const Json event = EventFor({Reason::kMountFailure, "pvc-1", "", {}, std::string(5000, 'x')});
  EXPECT_EQ(event["message"].get<std::string>().size(), kLongestEventMessage);
  EXPECT_THAT(event["message"].get<std::string>(), EndsWith("x..."));
}

TEST(EventTest, NamesOfEventsAreNewEachTimeAndNotTooLong) {
  EXPECT_THAT(NewEventName("data"), StartsWith("data."));
  EXPECT_NE(NewEventName("data"), NewEventName("data"));
  EXPECT_LE(NewEventName(std::string(253, 'x')).size(), 253U);
  EXPECT_THAT(NewEventName(std::string(235, 'x') + ".-" + std::string(10, 'x')),
              StartsWith(std::string(235, 'x') + "."));
}

TEST(CutTextTest, LeavesAloneWhatFits) {
  EXPECT_EQ(CutText("f\xc3\xbcnf\n", 6), "f\xc3\xbcnf\n");
  EXPECT_EQ(CutText("", 4), "");
}

TEST(CutTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(CutText("abcdefgh", 7), "abcd...");
  EXPECT_EQ(CutText("abc\xf0\x9f\x98\x80 and more", 9), "abc...");
  EXPECT_EQ(CutText("abc\xf0\x9f\x98\x80 and more", 10), "abc\xf0\x9f\x98\x80...");
}

TEST(CutTextTest, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(CutText("a\xff"
                    "b",
                    10),
            "a?b");
  EXPECT_EQ(CutText("a\xc3", 10), "a?");
  EXPECT_EQ(CutText("a\xc3(", 10), "a?(");
  EXPECT_EQ(CutText("\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80", 30), "?? ??? ????");
  EXPECT_EQ(CutText(std::string("a\0b\x1b", 4), 10), "a?b?");
}

}  // namespace
}  // namespace rds_csi
