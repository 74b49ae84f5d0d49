// SPDX-License-Identifier: Apache-2.0
// The client of src/kube against a real kube-apiserver. `tests/kube/run` says where it is:
//   RDS_CSI_TEST_KUBECONFIG    of an administrator
//   RDS_CSI_TEST_DRIVER_TOKEN  a file with the token of the service account "driver", which may get
//                              nodes and create events, and nothing else
//   RDS_CSI_TEST_COMPACT       a command that makes etcd forget the past
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/status.h"
#include "kube/api.h"
#include "kube/curl_http.h"
#include "kube/event_recorder.h"
#include "kube/kubeconfig.h"
#include "kube/watched.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Resource kConfigMaps = {"v1", "configmaps", true};  // The server does not cache these.
constexpr Resource kNameSpaces = {"v1", "namespaces", false};
constexpr const char* kDriver = "rds.csi.srvlab.io";

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Json Named(const std::string& name) { return {{"metadata", {{"name", name}}}}; }

// Puts a name space of its own up, so that tests do not meet.
class KubeApiTest : public testing::Test {
 protected:
  KubeApiTest() { Make(kNameSpaces, "", Named(name_space_)); }

  static ClusterConfig ReadConfig() {
    auto config = ReadKubeconfig(Environment("RDS_CSI_TEST_KUBECONFIG"));
    if (config.ok()) return *std::move(config);
    ADD_FAILURE() << Message(config.status());
    std::exit(1);
  }
  Json Make(const Resource& resource, const std::string& name_space, const Json& object) {
    const auto made = api_.Create(resource, name_space, object, Soon());
    EXPECT_TRUE(made.ok()) << Message(made.status());
    return made.ok() ? *made : Json::object();
  }
  void MakeMaps(int count) {
    for (int i = 0; i < count; ++i) {
      Make(kConfigMaps, name_space_, Named(fmt::format("m-{:05}", i)));
    }
  }
  // Where a watch of the name space begins.
  std::string Version(const Resource& resource = kConfigMaps) {
    const ListSink sink{[] {}, [](const Json&) { return absl::OkStatus(); }};
    return api_.List(resource, name_space_, {}, sink, Soon()).value_or("");
  }
  absl::StatusOr<WatchEnd> Watch(const Resource& resource, std::string& from,
                                 absl::Duration length) {
    return api_.Watch(
        resource, name_space_, {length, {}}, from,
        [this](const WatchEvent& event) {
          events_.push_back(event);
          return absl::OkStatus();
        },
        Soon());
  }
  // As the service account whose token is in `file`.
  std::unique_ptr<Http> AsDriver(const std::string& file) const {
    ClusterConfig config = config_;
    config.client_certificate.clear();
    config.client_key.clear();
    config.token_file = file;
    return NewCurlHttp(config);
  }
  static void Compact() { ASSERT_EQ(std::system(Environment("RDS_CSI_TEST_COMPACT").c_str()), 0); }
  static Http::Until Soon() { return {absl::Now() + absl::Seconds(60), {}}; }
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (!condition() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(20));
    return condition();
  }

  const ClusterConfig config_ = ReadConfig();
  const std::unique_ptr<Http> http_ = NewCurlHttp(config_);
  const KubeApi api_{*http_};
  const std::string name_space_ = "test-" + RandomHex(8);
  std::vector<WatchEvent> events_;
};

Json PersistentVolumeOf(const std::string& name, const std::string& name_space,
                        const std::string& claim) {
  Json object = Named(name);
  object["spec"] = {{"capacity", {{"storage", "1Gi"}}},
                    {"accessModes", {"ReadWriteOnce"}},
                    {"csi",
                     {{"driver", kDriver},
                      {"volumeHandle", name},
                      {"volumeAttributes", {{"migrationTimeoutSeconds", "300"}}}}}};
  if (!claim.empty()) object["spec"]["claimRef"] = {{"namespace", name_space}, {"name", claim}};
  return object;
}

Json ClaimOf(const std::string& name, const std::string& volume) {
  Json object = Named(name);
  object["spec"] = {{"accessModes", {"ReadWriteOnce"}},
                    {"storageClassName", ""},
                    {"resources", {{"requests", {{"storage", "1Gi"}}}}}};
  if (!volume.empty()) object["spec"]["volumeName"] = volume;
  return object;
}

TEST_F(KubeApiTest, ATT_5_TellsANodeThatIsThereFromOneThatIsNot) {
  const std::string name = "node-" + name_space_;
  EXPECT_EQ(api_.Get(kNodes, {"", name}, Soon()).status().code(), Code::kNotFound);
  Make(kNodes, "", Named(name));
  const auto object = api_.Get(kNodes, {"", name}, Soon());
  ASSERT_TRUE(object.ok()) << Message(object.status());
  const auto read = ReadMeta(*object, "node");
  ASSERT_TRUE(read.ok()) << Message(read.status());
  EXPECT_EQ(read->name.name, name);
  EXPECT_FALSE(read->uid.empty());
  EXPECT_TRUE(read->created);
}

TEST_F(KubeApiTest, ATT_5_AKindThatTheServerDoesNotKnowIsNoObjectThatIsGone) {
  const Resource unknown = {"rds.example/v1", "nodes", false};
  EXPECT_EQ(api_.Get(unknown, {"", "a"}, Soon()).status().code(), Code::kUnavailable);
}

TEST_F(KubeApiTest, ReadsVolumesAndAttachments) {
  const std::string name = "pvc-" + name_space_;
  const Json made = Make(kPersistentVolumes, "", PersistentVolumeOf(name, name_space_, "data"));
  const auto volume = ReadPersistentVolume(made);
  ASSERT_TRUE(volume.ok()) << Message(volume.status());
  EXPECT_EQ(volume->csi->volume_handle, name);
  EXPECT_EQ(volume->csi->attributes.at("migrationTimeoutSeconds"), "300");
  EXPECT_EQ(volume->claim->name, (ObjectName{name_space_, "data"}));
  Json attachment = Named("csi-" + name_space_);
  attachment["spec"] = {{"attacher", kDriver},
                        {"nodeName", "worker-1"},
                        {"source", {{"persistentVolumeName", name}}}};
  const auto read = ReadVolumeAttachment(Make(kVolumeAttachments, "", attachment));
  ASSERT_TRUE(read.ok()) << Message(read.status());
  EXPECT_EQ(read->volume_name, name);
  EXPECT_FALSE(read->attached);
}

TEST_F(KubeApiTest, ListsTwelveHundredObjectsPageByPage) {
  MakeMaps(1200);
  std::set<std::string> names;
  int starts = 0;
  const ListSink sink{[&starts] { ++starts; },
                      [&names](const Json& object) {
                        names.insert(object["metadata"]["name"].get<std::string>());
                        return absl::OkStatus();
                      }};
  const auto version = api_.List(kConfigMaps, name_space_, {}, sink, Soon());
  ASSERT_TRUE(version.ok()) << Message(version.status());
  EXPECT_EQ(names.size(), 1200U);
  EXPECT_EQ(starts, 1);
}

TEST_F(KubeApiTest, AListWhoseBeginningIsForgottenStartsOver) {
  MakeMaps(30);
  std::set<std::string> names;
  int starts = 0;
  const ListSink sink{[&] {
                        ++starts;
                        names.clear();
                      },
                      [&](const Json& object) {
                        names.insert(object["metadata"]["name"].get<std::string>());
                        if (names.size() == 10 && starts == 1) {
                          Make(kConfigMaps, name_space_, Named("meanwhile"));
                          Compact();
                        }
                        return absl::OkStatus();
                      }};
  const auto version = api_.List(kConfigMaps, name_space_, {10, {}}, sink, Soon());
  ASSERT_TRUE(version.ok()) << Message(version.status());
  EXPECT_EQ(starts, 2);
  EXPECT_THAT(names, AllOf(SizeIs(31), Contains("meanwhile")));
}

TEST_F(KubeApiTest, WatchesFromAVersionOn) {
  std::string from = Version();
  Make(kConfigMaps, name_space_, Named("a"));
  const Json patch = {{"data", {{"key", "value"}}}};
  ASSERT_TRUE(api_.MergePatch(kConfigMaps, {name_space_, "a"}, patch, Soon()).ok());
  const auto end = Watch(kConfigMaps, from, absl::Seconds(1));
  ASSERT_TRUE(end.ok()) << Message(end.status());
  EXPECT_EQ(*end, WatchEnd::kOver);
  ASSERT_GE(events_.size(), 2U);
  EXPECT_EQ(events_[0].kind, WatchEvent::Kind::kAdded);
  EXPECT_EQ(events_[1].kind, WatchEvent::Kind::kModified);
  EXPECT_EQ(events_[1].object["data"]["key"], "value");
  EXPECT_EQ(from, events_.back().object["metadata"]["resourceVersion"].get<std::string>());
}

TEST_F(KubeApiTest, ABookmarkMovesAWatchOverWhatItDoesNotSee) {
  const std::string elsewhere = name_space_ + "-2";
  Make(kNameSpaces, "", Named(elsewhere));
  std::string from = Version(kPersistentVolumeClaims);
  const std::string before = from;
  const std::jthread somebody([&] {
    absl::SleepFor(absl::Milliseconds(500));
    Make(kPersistentVolumeClaims, elsewhere, ClaimOf("data", ""));
  });
  // The server sends one 2 s before it ends a watch, as far as it looks then.
  const auto end = Watch(kPersistentVolumeClaims, from, absl::Seconds(8));
  ASSERT_TRUE(end.ok()) << Message(end.status());
  ASSERT_FALSE(events_.empty());
  EXPECT_EQ(events_.back().kind, WatchEvent::Kind::kBookmark);
  EXPECT_NE(from, before);
}

TEST_F(KubeApiTest, AWatchFromAForgottenVersionIsExpired) {
  std::string from = Version();
  MakeMaps(3);
  Compact();
  const auto end = Watch(kConfigMaps, from, absl::Seconds(5));
  ASSERT_TRUE(end.ok()) << Message(end.status());
  EXPECT_EQ(*end, WatchEnd::kExpired);
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(KubeApiTest, StopEndsAWatchAtOnce) {
  std::string from = Version();
  std::stop_source stop;
  const std::jthread stopper([&stop] {
    absl::SleepFor(absl::Milliseconds(300));
    stop.request_stop();
  });
  const absl::Time begun = absl::Now();
  const auto end = api_.Watch(kConfigMaps, name_space_, {}, from,
                              [](const WatchEvent&) { return absl::OkStatus(); },
                              {absl::InfiniteFuture(), stop.get_token()});
  EXPECT_EQ(end.status().code(), Code::kCancelled);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(KubeApiTest, WhatIsThereAlreadyIsNotMadeAgain) {
  Make(kConfigMaps, name_space_, Named("a"));
  EXPECT_EQ(api_.Create(kConfigMaps, name_space_, Named("a"), Soon()).status().code(),
            Code::kAlreadyExists);
}

TEST_F(KubeApiTest, APatchOfAnOlderVersionIsAborted) {
  const Json made = Make(kConfigMaps, name_space_, Named("a"));
  Json patch = {{"metadata", {{"resourceVersion", made["metadata"]["resourceVersion"]}}},
                {"data", {{"key", "1"}}}};
  EXPECT_TRUE(api_.MergePatch(kConfigMaps, {name_space_, "a"}, patch, Soon()).ok());
  patch["data"]["key"] = "2";
  EXPECT_EQ(api_.MergePatch(kConfigMaps, {name_space_, "a"}, patch, Soon()).status().code(),
            Code::kAborted);
}

TEST_F(KubeApiTest, WhatTheServerWillNotTakeIsInvalid) {
  EXPECT_EQ(api_.Create(kConfigMaps, name_space_, Named("No Name"), Soon()).status().code(),
            Code::kInvalidArgument);
}

TEST_F(KubeApiTest, ARefusalNamesTheRightThatIsMissing) {
  const auto http = AsDriver(Environment("RDS_CSI_TEST_DRIVER_TOKEN"));
  const KubeApi driver(*http);
  EXPECT_EQ(driver.Get(kNodes, {"", "none"}, Soon()).status().code(), Code::kNotFound);
  const auto refused = driver.Get(kPersistentVolumes, {"", "none"}, Soon());
  EXPECT_EQ(refused.status().code(), Code::kPermissionDenied);
  EXPECT_THAT(Message(refused.status()),
              AllOf(HasSubstr("verb \"get\""), HasSubstr("resource \"persistentvolumes\""),
                    HasSubstr("system:serviceaccount:default:driver")));
  std::string from = "1";
  const auto watch = driver.Watch(
      kNodes, "", {}, from, [](const WatchEvent&) { return absl::OkStatus(); }, Soon());
  EXPECT_THAT(Message(watch.status()), HasSubstr("verb \"watch\""));
}

TEST_F(KubeApiTest, ATokenThatIsRenewedInPlaceIsTakenUp) {
  const std::string path = testing::TempDir() + "/" + name_space_;
  std::ofstream(path) << "expired";
  const auto http = AsDriver(path);
  const KubeApi driver(*http);
  const auto refused = driver.Get(kNodes, {"", "none"}, Soon());
  EXPECT_EQ(refused.status().code(), Code::kPermissionDenied);
  EXPECT_THAT(Message(refused.status()), HasSubstr("credentials are not accepted"));
  std::filesystem::copy_file(Environment("RDS_CSI_TEST_DRIVER_TOKEN"), path + ".new");
  std::filesystem::rename(path + ".new", path);
  EXPECT_EQ(driver.Get(kNodes, {"", "none"}, Soon()).status().code(), Code::kNotFound);
  std::filesystem::remove(path);
}

TEST_F(KubeApiTest, AnObjectOfTheLargestSizeIsRead) {
  Json object = Named("large");
  object["data"]["key"] = std::string(1'000'000, 'x');
  Make(kConfigMaps, name_space_, object);
  const auto read = api_.Get(kConfigMaps, {name_space_, "large"}, Soon());
  ASSERT_TRUE(read.ok()) << Message(read.status());
  EXPECT_EQ((*read)["data"]["key"].get<std::string>().size(), 1'000'000U);
}

TEST_F(KubeApiTest, AWatchedCacheFollowsAndListsAgainAfterACompaction) {
  MakeMaps(700);
  const auto version_of = [](const Json& object) -> absl::StatusOr<std::optional<std::string>> {
    ASSIGN_OR_RETURN(const ObjectMeta meta, ReadMeta(object, "config map"));
    return meta.resource_version;
  };
  FollowOptions options;
  options.name_space = name_space_;
  options.watch.length = absl::Seconds(1);
  options.first_wait = absl::Milliseconds(100);
  const Watched<std::string> watched(api_, kConfigMaps, version_of, options);
  ASSERT_TRUE(watched.WaitUntilComplete(absl::Now() + absl::Seconds(30)));
  EXPECT_GE(watched.All().size(), 700U);
  Make(kConfigMaps, name_space_, Named("new"));
  EXPECT_TRUE(Eventually([&] { return watched.Find({name_space_, "new"}).has_value(); }));
  Make(kNameSpaces, "", Named(name_space_ + "-2"));
  Compact();
  absl::SleepFor(absl::Seconds(2));
  Make(kConfigMaps, name_space_, Named("newer"));
  EXPECT_TRUE(Eventually([&] { return watched.Find({name_space_, "newer"}).has_value(); }));
}

// Events of the name space, as somebody with kubectl sees them.
class KubeEventsTest : public KubeApiTest {
 protected:
  KubeEventsTest() {
    Make(kPersistentVolumes, "", PersistentVolumeOf(volume_, name_space_, "data"));
    claim_ = Make(kPersistentVolumeClaims, name_space_, ClaimOf("data", volume_));
  }

  std::vector<Json> Events() {
    std::vector<Json> events;
    const ListSink sink{[&events] { events.clear(); },
                        [&events](const Json& object) {
                          events.push_back(object);
                          return absl::OkStatus();
                        }};
    EXPECT_TRUE(api_.List(kEvents, name_space_, {}, sink, Soon()).ok());
    return events;
  }
  void Tell(EventRecorder& recorder, const Report& report) {
    recorder.Tell(report);
    EXPECT_TRUE(recorder.Flush(absl::Now() + absl::Seconds(60)));
    EXPECT_EQ(recorder.dropped(), 0);
  }

  const std::string volume_ = "pvc-" + name_space_;
  Json claim_;
  RealClock clock_;
};

TEST_F(KubeEventsTest, EVT_1_AnEventIsPostedOnTheClaimAndCounted) {
  EventRecorder recorder(api_, {kDriver, "worker-1"}, clock_);
  const Report report = {
      Reason::kRecoveryFailed, volume_, "worker-1", {name_space_, "data"}, "The device is gone."};
  Tell(recorder, report);
  Tell(recorder, report);
  ASSERT_THAT(Events(), SizeIs(1));
  const Json event = Events()[0];
  EXPECT_EQ(event["involvedObject"]["kind"], "PersistentVolumeClaim");
  EXPECT_EQ(event["involvedObject"]["uid"], claim_["metadata"]["uid"]);
  EXPECT_EQ(event["reason"], "RecoveryFailed");
  EXPECT_EQ(event["type"], "Warning");
  EXPECT_EQ(event["message"], "The device is gone.");
  EXPECT_EQ(event["count"], 2);
  EXPECT_EQ(event["reportingComponent"], kDriver);
  EXPECT_EQ(event["reportingInstance"], "worker-1");
}

TEST_F(KubeEventsTest, EVT_1_TheClaimIsFoundThroughTheVolume) {
  EventRecorder recorder(api_, {kDriver, "controller-0"}, clock_);
  Tell(recorder, {Reason::kVolumeAttached, volume_, "worker-1", {}, "Attached."});
  ASSERT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Events()[0]["involvedObject"]["uid"], claim_["metadata"]["uid"]);
}

TEST_F(KubeEventsTest, EVT_1_EveryReasonAndAnyTextIsTaken) {
  EventOptions options;
  options.limits.claim_burst = 100;
  EventRecorder recorder(api_, {kDriver, "worker-1"}, clock_, options);
  size_t told = 0;
  for (const Reason reason : AllReasons()) {
    told += IsKubernetesEvent(reason) ? 1U : 0U;
    std::string text = "\xff\x01\n\xc3\xbc";
    text.append(5000, 'x');
    Tell(recorder, {reason, volume_, "", {name_space_, "data"}, text});
  }
  EXPECT_THAT(Events(), SizeIs(told));
}

}  // namespace
}  // namespace rds_csi
