// SPDX-License-Identifier: Apache-2.0
#include "model/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"
#include "model/arbitrary.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

constexpr char kText[] =
    "rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=worker-1/7/s/1760000000,e=1";

Ledger Attached() {
  return {.cluster_id = "home",
          .volume = *VolumeId::Parse("pvc-1"),
          .incarnation = "1a2b3c4d",
          .origin = Origin::kBlank,
          .generation = 7,
          .attachments = {{.node = *NodeId::Parse("worker-1"),
                           .generation = 7,
                           .shared = false,
                           .since_unix_seconds = 1760000000}}};
}

// The words of the refusal; empty when the comment was taken or refused with another code.
std::string Refusal(std::string_view comment) {
  const absl::Status status = ParseLedger(comment).status();
  return status.code() == absl::StatusCode::kFailedPrecondition ? Message(status) : "";
}

// Ledgers live on the RDS for years: this text can be added to, but never changed.
TEST(LedgerTest, ATT_11_TheTextOfALedgerNeverChanges) {
  EXPECT_EQ(FormatLedger(Attached()), kText);
  Ledger shared = Attached();
  shared.origin = Origin::kCopy;
  shared.generation = 9;
  shared.attachments[0].shared = true;
  shared.attachments.push_back({.node = *NodeId::Parse("worker-2"),
                                .generation = 9,
                                .shared = true,
                                .since_unix_seconds = 0});
  EXPECT_EQ(FormatLedger(shared),
            "rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=copy,g=9,n=worker-1/7/m/1760000000,n=worker-2/9/"
            "m/0,e=2");
}

TEST(LedgerTest, ATT_11_ReadsWhatItsTextSays) {
  const absl::StatusOr<Ledger> ledger = ParseLedger(kText);
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(*ledger, Attached());
}

TEST(LedgerTest, ATT_11_AVolumeThatWasNeverAttachedHasGenerationZero) {
  const absl::StatusOr<Ledger> ledger =
      ParseLedger("rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=copy,g=0,e=0");
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(ledger->generation, 0);
  EXPECT_EQ(ledger->origin, Origin::kCopy);
  EXPECT_TRUE(ledger->attachments.empty());
}

TEST(LedgerTest, ATT_12_ANodeConnectsAsItsAttachment) {
  EXPECT_EQ(IdentityOf(Attached(), Attached().attachments[0]),
            AttachmentIdentity("home", *NodeId::Parse("worker-1"), *VolumeId::Parse("pvc-1"),
                               "1a2b3c4d", 7));
}

TEST(LedgerTest, FindsTheAttachmentOfANode) {
  EXPECT_EQ(Attached().Find(*NodeId::Parse("worker-1")), Attached().attachments[0]);
  EXPECT_EQ(Attached().Find(*NodeId::Parse("worker-2")), std::nullopt);
  EXPECT_EQ(Attached().Find(*NodeId::Parse("Worker-1")), std::nullopt);
}

TEST(LedgerTest, EveryVersionIsALedger) {
  EXPECT_TRUE(IsLedger(kText));
  EXPECT_TRUE(IsLedger("rds-csi:2,whatever"));
  EXPECT_TRUE(IsLedger("rds-csi:"));
  for (const char* comment : {"", "rds-csi", "backup of rds-csi:1", " rds-csi:1", "RDS-CSI:1"}) {
    EXPECT_FALSE(IsLedger(comment)) << comment;
  }
}

TEST(LedgerTest, ATT_11_ALedgerOfAnotherVersionIsRefused) {
  EXPECT_EQ(Refusal("rds-csi:2,c=home"),
            "the ledger \"rds-csi:2,c=home\" is of version \"2\"; this driver reads version "
            "1 only");
  for (const char* comment : {"rds-csi:10,c=home,v=pvc-1,o=blank,g=0",
                              "rds-csi:", "rds-csi:,c=home,v=pvc-1,o=blank,g=0", "rds-csi:01"}) {
    EXPECT_THAT(Refusal(comment), HasSubstr("is of version")) << comment;
  }
}

TEST(LedgerTest, ATT_11_ADamagedLedgerIsRefusedInClearWords) {
  const std::pair<std::string, std::string> table[] = {
      {"", "does not begin with \"rds-csi:\""},
      {"my disk", "does not begin with \"rds-csi:\""},
      {"rds-csi:1", "it has no keys"},
      {"rds-csi:1,", "\"\" has no '='"},
      {"rds-csi:1,v=pvc-1,i=1a2b3c4d,o=blank,g=7,e=0", "the key \"c\" is missing"},
      {"rds-csi:1,c=home,i=1a2b3c4d,o=blank,g=7,e=0", "the key \"v\" is missing"},
      {"rds-csi:1,c=home,v=pvc-1,o=blank,g=7,e=0", "the key \"i\" is missing"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,g=7,e=0", "the key \"o\" is missing"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,e=0", "the key \"g\" is missing"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7", "the key \"e\" is missing"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,e=1",
       "it has 0 attachments but should have \"1\""},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,e=",
       "it has 0 attachments but should have \"\""},
      {"rds-csi:1,c=home,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,e=0",
       "the key \"c\" is there twice"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,g=8,e=0", "the key \"g\" is there twice"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,x=1,e=0", "\"x\" is not a key"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,", "\"\" has no '='"},
      {"rds-csi:1,c=,v=pvc-1,i=1a2b3c4d,o=blank,g=7,e=0", "\"\" is not a cluster id"},
      {"rds-csi:1,c=home,v=-,i=1a2b3c4d,o=blank,g=7,e=0", "\"-\" is not a volume id"},
      {"rds-csi:1,c=home,v=pvc-1,i=1A2B3C4D,o=blank,g=7,e=0", "\"1A2B3C4D\" is not an incarnation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c,o=blank,g=7,e=0", "\"1a2b3c\" is not an incarnation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=full,g=7,e=0", "\"full\" is not an origin"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=-1,e=0", "\"-1\" is not a generation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7k,e=0", "\"7k\" is not a generation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=9223372036854775808,e=0",
       "is not a generation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=268435456,e=0", "is not a generation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=,e=1", "\"\" is not an attachment"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/7/s,e=1",
       "\"a/7/s\" is not an attachment"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/7/s/0/0,e=1", "is not an attachment"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=/7/s/0,e=1", "\"\" is not a node id"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/0/s/0,e=1",
       "\"0\" is not a generation"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/7/x/0,e=1",
       "\"x\" is neither \"s\" nor \"m\""},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/7/s/-1,e=1", "\"-1\" is not a time"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/8/s/0,e=1",
       "is of a generation beyond 7"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/6/m/0,n=a/7/m/0,e=2",
       "node \"a\" is there twice"},
      {"rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=a/5/m/0,n=b/6/m/0,n=c/7/m/0,e=3",
       "it has 3 attachments, more than 2"},
  };
  for (const auto& [comment, words] : table) {
    EXPECT_THAT(Refusal(comment), HasSubstr(words)) << comment;
  }
}

// Each reads like the ledger of Attached(), but nobody of ours wrote it so.
TEST(LedgerTest, ATT_11_OneLedgerHasOneText) {
  for (const char* comment :
       {"rds-csi:1,v=pvc-1,c=home,i=1a2b3c4d,o=blank,g=7,n=worker-1/7/s/1760000000,e=1",
        "rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,n=worker-1/7/s/1760000000,g=7,e=1",
        "rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,e=1,n=worker-1/7/s/1760000000",
        "rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=07,n=worker-1/7/s/1760000000,e=1",
        "rds-csi:1,c=home,v=pvc-1,i=1a2b3c4d,o=blank,g=7,n=worker-1/7/s/01760000000,e=1"}) {
    EXPECT_THAT(Refusal(comment), HasSubstr("is damaged: it should read")) << comment;
  }
}

TEST(LedgerTest, TheRefusalNamesTheLedgerAndCannotForgeALogLine) {
  EXPECT_EQ(Refusal("rds-csi:1,c=home\nINFO all is well"),
            "the ledger \"rds-csi:1,c=home\\x0aINFO all is well\" is damaged: the key \"v\" is "
            "missing");
  EXPECT_LT(Refusal("rds-csi:1," + std::string(1000000, 'x')).size(), 2000u);
}

TEST(LedgerTest, TheLongestLedgerHas696Characters) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const Attachment first{.node = *NodeId::Parse(std::string(192, 'a')),
                         .generation = kLastGeneration,
                         .shared = true,
                         .since_unix_seconds = most};
  Attachment second = first;
  second.node = *NodeId::Parse(std::string(192, 'b'));
  const Ledger ledger{.cluster_id = std::string(64, 'c'),
                      .volume = *VolumeId::Parse(std::string(128, 'v')),
                      .incarnation = "ffffffff",
                      .origin = Origin::kBlank,
                      .generation = kLastGeneration,
                      .attachments = {first, second}};
  EXPECT_EQ(FormatLedger(ledger).size(), 696u);
  EXPECT_EQ(*ParseLedger(FormatLedger(ledger)), ledger);
}

RC_GTEST_PROP(LedgerTest, ATT_11_WhatIsWrittenIsRead, ()) {
  const Ledger ledger = arbitrary::AnyLedger();
  const absl::StatusOr<Ledger> read = ParseLedger(FormatLedger(ledger));
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == ledger);
}

RC_GTEST_PROP(LedgerTest, TheTextIsSafeInsideTheQuotesOfAConsole, ()) {
  const std::string text = FormatLedger(arbitrary::AnyLedger());
  RC_ASSERT(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                   "._:/,=-") == std::string::npos);
}

// It could read as a volume that is attached nowhere.
RC_GTEST_PROP(LedgerTest, ATT_11_ALedgerThatWasCutOffIsRefused, ()) {
  const std::string text = FormatLedger(arbitrary::AnyLedger());
  const auto kept = *rc::gen::inRange<size_t>(0, text.size());
  RC_ASSERT(!ParseLedger(std::string_view(text).substr(0, kept)).ok());
}

}  // namespace
}  // namespace rds_csi
