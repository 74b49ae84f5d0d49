// SPDX-License-Identifier: Apache-2.0
// The same scenarios through both doors of a simulated RDS that shares no code with us.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "absl/time/clock.h"
#include "base/status.h"
#include "rds/transport_fixture.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

INSTANTIATE_TEST_SUITE_P(Doors, TransportTest, testing::Values(Door::kRest, Door::kSsh),
                         NameOfDoor);

TEST_P(TransportTest, VOL_1_TheLifeOfAVolume) {
  Start();
  const auto created = Create(id_);
  ASSERT_TRUE(created.ok()) << Message(created.status());
  EXPECT_EQ(created->disk.size_bytes, kSize);
  const auto found = Find();
  ASSERT_TRUE(found.ok() && found->volume && found->pool) << Message(found.status());
  EXPECT_EQ(found->volume->ledger, created->ledger);
  EXPECT_EQ(found->pool->mount_point, "storage-pool");

  Ledger ledger = *created->ledger;
  ledger.generation = 1;
  ledger.attachments = {{*NodeId::Parse("node-a"), 1, false, 1'800'000'000}};
  const auto attached = volumes_->SetAttachments(*found->volume, ledger, fence_, Soon());
  ASSERT_TRUE(attached.ok()) << Message(attached.status());
  EXPECT_TRUE(volumes_->Shows(*attached, fence_));

  const auto grown = volumes_->Grow(*attached, kSize + 4096, Soon());
  ASSERT_TRUE(grown.ok()) << Message(grown.status());
  EXPECT_EQ(grown->disk.size_bytes, kSize + 4096);

  EXPECT_TRUE(volumes_->CutOff(*grown, Soon()).ok());
  ledger.attachments.clear();
  const auto detached = volumes_->SetAttachments(*grown, ledger, {}, Soon());
  ASSERT_TRUE(detached.ok()) << Message(detached.status());
  EXPECT_FALSE(detached->disk.exported);

  EXPECT_TRUE(volumes_->Delete(*detached, Soon()).ok());
  EXPECT_FALSE(Find()->volume);
  const std::string files = sim_->Tell(R"({"do":"console","line":"/file/print"})");
  EXPECT_EQ(files.find(".img"), std::string::npos) << files;
}

TEST_P(TransportTest, AFileThatADeleteLeftBehindIsFoundAndRemoved) {
  Start();
  const Volume other = *Create(*VolumeId::Parse("pvc-2"));
  const Volume volume = *Create(id_);
  Fault("error", "/file/remove");
  EXPECT_FALSE(volumes_->Delete(volume, Soon()).ok());
  EXPECT_FALSE(Find()->volume);
  const absl::Status removed = volumes_->RemoveLeftFiles(id_, Soon());
  EXPECT_TRUE(removed.ok()) << Message(removed);
  const std::string files = sim_->Tell(R"({"do":"console","line":"/file/print"})");
  EXPECT_EQ(files.find(id_.Slot()), std::string::npos) << files;
  EXPECT_NE(files.find(other.disk.slot), std::string::npos) << files;
}

TEST_P(TransportTest, EachVerbIsOneRoundTrip) {
  Start();
  const Volume volume = *Create(id_);
  EXPECT_EQ(sim_->Count("round_trips"), 1);
  ASSERT_TRUE(volumes_->SetAttachments(volume, *volume.ledger, fence_, Soon()).ok());
  EXPECT_EQ(sim_->Count("round_trips"), 2);
  ASSERT_TRUE(Find().ok());
  EXPECT_EQ(sim_->Count("round_trips"), 3);
  ASSERT_TRUE(volumes_->Delete(volume, Soon()).ok());
  EXPECT_EQ(sim_->Count("round_trips"), 5);
}

TEST_P(TransportTest, ListsManyVolumes) {
  Start();
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(Create(*VolumeId::Parse("pvc-" + std::to_string(i))).ok());
  }
  const auto listing = volumes_->List("cluster", {"/storage-pool/csi"}, Soon());
  ASSERT_TRUE(listing.ok()) << Message(listing.status());
  EXPECT_EQ(listing->volumes.size(), 30u);
  EXPECT_EQ(listing->pools.size(), 1u);
}

TEST_P(TransportTest, Pain22_CallersInParallelDoNotDisturbEachOther) {
  Start();
  std::vector<std::thread> callers;
  std::vector<absl::Status> results(16);
  for (size_t i = 0; i < results.size(); ++i) {
    callers.emplace_back([&, i] {
      const VolumeId id = *VolumeId::Parse("pvc-" + std::to_string(i));
      const auto volume = Create(id);
      results[i] = volume.ok() ? volumes_->Delete(*volume, Soon()) : volume.status();
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok()) << Message(result);
}

TEST_P(TransportTest, TheSlotIsTaken) {
  Start();
  ASSERT_TRUE(Create(id_).ok());
  const auto again = Create(id_);
  EXPECT_EQ(again.status().code(), Code::kAlreadyExists) << Message(again.status());
}

TEST_P(TransportTest, AFullPoolIsResourceExhausted) {
  Start();
  sim_->Tell(R"({"do":"pool","slot":"storage-pool","full":true})");
  const auto volume = Create(id_);
  EXPECT_EQ(volume.status().code(), Code::kResourceExhausted) << Message(volume.status());
}

TEST_P(TransportTest, APoolThatIsNotMountedIsNone) {
  Start();
  sim_->Tell(R"({"do":"pool","slot":"storage-pool","mounted":false})");
  const auto found = Find();
  ASSERT_TRUE(found.ok()) << Message(found.status());
  EXPECT_FALSE(found->pool);
}

TEST_P(TransportTest, TellsTheStateOfAPool) {
  Start();
  sim_->Tell(R"({"do":"pool","slot":"storage-pool","state":"degraded"})");
  EXPECT_EQ(Find()->pool->state, "degraded");
}

TEST_P(TransportTest, AReadOnlyLoginIsToldWhatItLacks) {
  Start();
  sim_->Tell(R"({"do":"user","write":false})");
  const auto volume = Create(id_);
  EXPECT_EQ(volume.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(volume.status()), HasSubstr("policies"));
}

TEST_P(TransportTest, AConnectionThatBreaksBeforeTheEffectIsAnUnknownOutcome) {
  Start();
  ASSERT_TRUE(Find().ok());  // the connection is warm
  Fault("drop-before", "/disk/add");
  const auto volume = Create(id_);
  EXPECT_EQ(volume.status().code(), Code::kDeadlineExceeded) << Message(volume.status());
  EXPECT_FALSE(Find()->volume);
}

TEST_P(TransportTest, ABrokenConnectionNeverRepeatsWhatWasSent) {
  Start();
  ASSERT_TRUE(Find().ok());
  Fault("drop-after", "/disk/add");
  const auto volume = Create(id_);
  EXPECT_EQ(volume.status().code(), Code::kDeadlineExceeded) << Message(volume.status());
  EXPECT_EQ(sim_->Count("/disk/add"), 1);
  EXPECT_TRUE(Find()->volume);
}

TEST_P(TransportTest, ANewConnectionThatBreaksAfterTheEffectIsAnUnknownOutcome) {
  Start();
  Fault("drop-after", "/disk/add");
  EXPECT_EQ(Create(id_).status().code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(Find()->volume);
}

TEST_P(TransportTest, AnAnswerThatIsGarbageLeavesTheOutcomeOfAChangeUnknown) {
  Start();
  sim_->Tell(R"({"do":"fault","action":"garbage","match":"/disk/add","text":"<html>hello"})");
  EXPECT_EQ(Create(id_).status().code(), Code::kDeadlineExceeded);
}

TEST_P(TransportTest, TheDeadlineHoldsWhateverTheRdsDoes) {
  Start();
  ASSERT_TRUE(Find().ok());
  sim_->Tell(R"({"do":"latency","round-trip-ms":5000,"command-ms":0})");
  const absl::Time start = absl::Now();
  const auto found = volumes_->Find(id_, start + absl::Milliseconds(300));
  EXPECT_EQ(found.status().code(), Code::kDeadlineExceeded) << Message(found.status());
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  sim_->Tell(R"({"do":"clear"})");
  EXPECT_TRUE(Find().ok());
}

TEST_P(TransportTest, AFrozenRdsHoldsNobodyBeyondTheDeadline) {
  Start();
  ASSERT_TRUE(Find().ok());
  for (const bool warm : {true, false}) {
    if (!warm) Open();
    const SimProcess::Frozen frozen(*sim_);
    const absl::Time start = absl::Now();
    EXPECT_FALSE(volumes_->Find(id_, start + absl::Milliseconds(300)).ok());
    EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  }
  EXPECT_TRUE(Find().ok());
}

TEST_P(TransportTest, AGiganticAnswerIsCutOff) {
  Start();
  Open({.largest_answer = 65536});
  EXPECT_TRUE(Find().ok());
  sim_->Tell(R"({"do":"fault","action":"garbage","match":"/disk/print","text":")" +
             std::string(100'000, 'x') + R"("})");
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kInternal) << Message(found.status());
  EXPECT_THAT(Message(found.status()), HasSubstr("larger than 65536 bytes"));
  sim_->Tell(R"({"do":"fault","action":"garbage","match":"/disk/add","text":")" +
             std::string(100'000, 'x') + R"("})");
  EXPECT_EQ(Create(id_).status().code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(Find().ok());
}

TEST_P(TransportTest, ADeadlineThatHasPassedSendsNothing) {
  Start();
  const auto volume = volumes_->Create({id_, "/storage-pool/csi", kSize, 4420, "cluster"},
                                       absl::Now() - absl::Seconds(1));
  EXPECT_EQ(volume.status().code(), Code::kUnavailable) << Message(volume.status());
  EXPECT_EQ(sim_->Count("/disk/add"), 0);
}

TEST_P(TransportTest, ATT_2_AnRdsThatIsNotThereIsUnavailable) {
  Start();
  sim_->Stop();
  EXPECT_EQ(Find().status().code(), Code::kUnavailable);
}

TEST_P(TransportTest, ARestartOfTheRdsCostsNoError) {
  Start();
  ASSERT_TRUE(Create(id_).ok());
  sim_->Stop();
  sim_->Start();
  const auto found = Find();
  ASSERT_TRUE(found.ok()) << Message(found.status());
  EXPECT_TRUE(found->volume);
}

TEST_P(TransportTest, AnotherServerThanThePinnedOneIsRefused) {
  SimProcess other;
  Start();
  for (const char* file : {"host-key", "ca.crt", "server.crt"}) {
    std::filesystem::copy_file(other.credentials() + "/" + file, sim_->credentials() + "/" + file,
                               std::filesystem::copy_options::overwrite_existing);
  }
  Open();
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kUnavailable) << Message(found.status());
  EXPECT_THAT(Message(found.status()),
              HasSubstr(GetParam() == Door::kRest ? "certificate" : "host key"));
  EXPECT_EQ(sim_->Count("round_trips"), 0);
}

TEST_P(TransportTest, AWrongLoginIsRefusedByName) {
  Start();
  sim_->WriteCredential("password", "wrong");
  sim_->WriteCredential("private-key", "");
  Open();
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(found.status()), HasSubstr("login of \"csi\""));
  EXPECT_EQ(Message(found.status()).find("wrong"), std::string::npos);
}

TEST_P(TransportTest, CredentialsMayRotateWhileRunning) {
  Start({"--password", "old", "--assume", "ssh-password=yes"});
  sim_->WriteCredential("private-key", "");
  ASSERT_TRUE(Find().ok());
  sim_->Stop();
  SimProcess& sim = *sim_;
  sim.SetFlags({"--password", "new", "--assume", "ssh-password=yes"});
  sim.Start();
  sim.WriteCredential("password", "new\n");
  const auto found = Find();
  EXPECT_TRUE(found.ok()) << Message(found.status());
}

TEST_P(TransportTest, CredentialsThatVanishAreNamed) {
  Start();
  sim_->WriteCredential("username", "");
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(found.status()), HasSubstr("username"));
}

TEST_P(TransportTest, ReachesTheRdsByNameToo) {
  Start();
  Open({}, "localhost");
  EXPECT_TRUE(Find().ok());
}

TEST_P(TransportTest, ReachesTheRdsOverIpv6) {
  sim_.emplace(std::vector<std::string>{}, "::1");
  Open({}, "::1");
  const auto found = Find();
  EXPECT_TRUE(found.ok()) << Message(found.status());
}

TEST_P(TransportTest, RefusesARouterOsThatIsTooOld) {
  Start({"--routeros", "7.20.8"});
  const auto version = volumes_->CheckVersion(Soon());
  EXPECT_EQ(version.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(version.status()), HasSubstr("7.20.8"));
}

TEST_P(TransportTest, VOL_1_WorksWithEverySupportedVersion) {
  for (const char* version : {"7.21", "7.22", "7.23", "7.24"}) {
    Start({"--routeros", version});
    EXPECT_THAT(*volumes_->CheckVersion(Soon()), HasSubstr(version));
    const auto volume = Create(id_);
    ASSERT_TRUE(volume.ok()) << version << ": " << Message(volume.status());
    EXPECT_TRUE(volumes_->SetAttachments(*volume, *volume->ledger, fence_, Soon()).ok());
    EXPECT_TRUE(volumes_->CutOff(*volume, Soon()).ok());
    EXPECT_TRUE(volumes_->Delete(*volume, Soon()).ok());
  }
}

using RestTest = TransportTest;
INSTANTIATE_TEST_SUITE_P(Door, RestTest, testing::Values(Door::kRest));

TEST_P(RestTest, TrustsTheAuthorityWhereNoCertificateIsPinned) {
  Start();
  sim_->WriteCredential("server.crt", "");
  Open();
  EXPECT_TRUE(Find().ok());
}

TEST_P(RestTest, RefusesAnotherAuthority) {
  SimProcess other;
  Start();
  sim_->WriteCredential("server.crt", "");
  std::filesystem::copy_file(other.credentials() + "/ca.crt", sim_->credentials() + "/ca.crt",
                             std::filesystem::copy_options::overwrite_existing);
  Open();
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(found.status()), HasSubstr("certificate"));
  EXPECT_EQ(sim_->Count("round_trips"), 0);
}

TEST_P(RestTest, RefusesACertificateForAnotherName) {
  sim_.emplace(std::vector<std::string>{}, "0.0.0.0");
  sim_->WriteCredential("server.crt", "");
  Open({}, "127.0.0.2");
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(found.status()), HasSubstr("certificate"));
}

TEST_P(RestTest, AnExactCertificateHoldsUnderAnyName) {
  sim_.emplace(std::vector<std::string>{}, "0.0.0.0");
  Open({}, "127.0.0.2");
  EXPECT_TRUE(Find().ok());
}

TEST_P(RestTest, TheSixtySecondCapIsAnUnknownOutcome) {
  Start({"--assume", "rest-cap-ms=100"});
  sim_->Tell(R"({"do":"fault","action":"delay","match":"/disk/add","ms":400})");
  const auto volume = Create(id_);
  EXPECT_EQ(volume.status().code(), Code::kDeadlineExceeded) << Message(volume.status());
}

using SshTest = TransportTest;
INSTANTIATE_TEST_SUITE_P(Door, SshTest, testing::Values(Door::kSsh));

TEST_P(SshTest, WithoutAPinNobodyIsBelievedUnlessToldTo) {
  Start();
  sim_->WriteCredential("host-key", "");
  EXPECT_EQ(Find().status().code(), Code::kUnavailable);
  EXPECT_FALSE(OpenTransport(sim_->At(Door::kSsh), sim_->credentials(), {}, audit_, metrics_).ok());
  Open({.any_host_key = true});
  EXPECT_TRUE(Find().ok());
  EXPECT_THAT(Audited(), ElementsAre("host_key_check unknown", "login success"));
}

TEST_P(SshTest, TalksToAnRsaHostKey) {
  Start({"--ssh-host-key", "rsa"});
  EXPECT_TRUE(Find().ok());
}

TEST_P(SshTest, LogsInWithAPasswordWhereThereIsNoKey) {
  Start({"--assume", "ssh-password=yes"});
  sim_->WriteCredential("private-key", "");
  Open();
  EXPECT_TRUE(Find().ok());
}

TEST_P(SshTest, APrivateKeyThatIsNoneIsNamed) {
  Start();
  sim_->WriteCredential("private-key", "garbage");
  Open();
  const auto found = Find();
  EXPECT_EQ(found.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(found.status()), HasSubstr("private-key"));
}

TEST_P(SshTest, AFailedExitStatusSaysNoMoreThanTheWords) {
  Start({"--assume", "ssh-exit-status=1"});
  ASSERT_TRUE(Create(id_).ok());
  EXPECT_EQ(Create(id_).status().code(), Code::kAlreadyExists);
}

TEST_P(SshTest, Incident13_OneSessionIsEnough) {
  Start({"--assume", "ssh-sessions=1"});
  Open({.connections = 1});
  std::vector<std::thread> callers;
  std::vector<absl::Status> results(4);
  for (absl::Status& result : results) {
    callers.emplace_back([&] { result = Find().status(); });
  }
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok()) << Message(result);
}

}  // namespace
}  // namespace rds_csi
