// SPDX-License-Identifier: Apache-2.0
#include "model/storage_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const std::vector<std::string> kBases = {"/pool/dir", "/fast"};

absl::StatusOr<StorageClass> Parse(const StringMap& parameters) {
  return ParseStorageClass(parameters, kBases);
}

// The words of the refusal; empty when the parameters were taken or refused with another code.
std::string Refusal(const StringMap& parameters) {
  const absl::Status status = Parse(parameters).status();
  return status.code() == absl::StatusCode::kInvalidArgument ? Message(status) : "";
}

TEST(StorageClassTest, VOL_3_WithoutParametersEverythingHasItsDefault) {
  const absl::StatusOr<StorageClass> defaults = Parse({});
  ASSERT_TRUE(defaults.ok()) << defaults.status();
  EXPECT_EQ(defaults->volume_path, "/pool/dir");
  EXPECT_EQ(defaults->nvme_address, "");
  EXPECT_EQ(defaults->nvme_port, 0);
  EXPECT_EQ(defaults->fs_type, "");
  EXPECT_EQ(defaults->timeouts.ctrl_loss_seconds, -1);
  EXPECT_EQ(defaults->timeouts.reconnect_delay_seconds, 5);
  EXPECT_EQ(defaults->timeouts.keep_alive_seconds, 0);
  EXPECT_EQ(defaults->migration_timeout_seconds, 300);
}

TEST(StorageClassTest, VOL_3_EveryParameterIsRead) {
  const absl::StatusOr<StorageClass> all = Parse({{"volumePath", "/pool/dir/gold"},
                                                  {"nvmeAddress", "fd00::1"},
                                                  {"nvmePort", "4421"},
                                                  {"fsType", "xfs"},
                                                  {"csi.storage.k8s.io/fstype", "xfs"},
                                                  {"ctrlLossTmo", "600"},
                                                  {"reconnectDelay", "10"},
                                                  {"keepAliveTmo", "15"},
                                                  {"migrationTimeoutSeconds", "3600"},
                                                  {"csi.storage.k8s.io/pvc/name", "data"},
                                                  {"csi.storage.k8s.io/pvc/namespace", "db"},
                                                  {"csi.storage.k8s.io/pv/name", "pvc-1"}});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->volume_path, "/pool/dir/gold");
  EXPECT_EQ(all->nvme_address, "fd00::1");
  EXPECT_EQ(all->nvme_port, 4421);
  EXPECT_EQ(all->fs_type, "xfs");
  EXPECT_EQ(all->timeouts, (ConnectionTimeouts{600, 10, 15}));
  EXPECT_EQ(all->migration_timeout_seconds, 3600);
  EXPECT_THAT(all->passed_on,
              UnorderedElementsAre(std::pair("csi.storage.k8s.io/pvc/name", "data"),
                                   std::pair("csi.storage.k8s.io/pvc/namespace", "db"),
                                   std::pair("csi.storage.k8s.io/pv/name", "pvc-1")));
}

TEST(StorageClassTest, VOL_3_AnUnknownParameterIsNamed) {
  for (const char* key : {"ctrllosstmo", "nvmeadress", "rdsAddress", "sshPort", "nqnPrefix", "x",
                          "csi.storage.k8s.io/provisioner-secret-name",
                          "csi.storage.k8s.io/pvc/uid", "volumePath "}) {
    EXPECT_THAT(Refusal({{key, "1"}}), AllOf(HasSubstr(key), HasSubstr("unknown"))) << key;
  }
  EXPECT_EQ(Refusal({{"foo", "1"}}),
            "parameter foo: unknown; the parameters of this driver are volumePath, nvmeAddress, "
            "nvmePort, fsType, ctrlLossTmo, reconnectDelay, keepAliveTmo, anchorSeconds, "
            "migrationTimeoutSeconds and csi.storage.k8s.io/fstype");
}

TEST(StorageClassTest, VOL_3_AHostileKeyCannotForgeALine) {
  EXPECT_THAT(Refusal({{"a\nINFO", "1"}}), StartsWith("parameter \"a\\x0aINFO\": unknown"));
  EXPECT_THAT(Refusal({{"", "1"}}), StartsWith("parameter \"\": unknown"));
  EXPECT_LT(Refusal({{std::string(100000, 'k'), "1"}}).size(), 500u);
}

TEST(StorageClassTest, VOL_3_NumbersOutOfRangeAreRefusedNotClamped) {
  const std::pair<const char*, std::vector<const char*>> table[] = {
      {"ctrlLossTmo", {"-2", "86401", "2147483648", "9223372036854775808"}},
      {"reconnectDelay", {"0", "-1", "86401"}},
      {"keepAliveTmo", {"-1", "86401"}},
      {"anchorSeconds", {"-1", "86401"}},
      {"migrationTimeoutSeconds", {"29", "3601", "0", "-1"}},
      {"nvmePort", {"0", "65536", "-4420"}},
  };
  for (const auto& [key, values] : table) {
    for (const char* value : values) {
      EXPECT_THAT(Refusal({{key, value}}),
                  StartsWith("parameter " + std::string(key) + ": \"" + value + "\" is not a"));
    }
  }
}

TEST(StorageClassTest, VOL_3_NumbersAtTheirBoundsAreTaken) {
  for (const auto& [key, value] : StringMap{{"ctrlLossTmo", "-1"},
                                            {"reconnectDelay", "1"},
                                            {"keepAliveTmo", "0"},
                                            {"anchorSeconds", "0"},
                                            {"migrationTimeoutSeconds", "30"},
                                            {"nvmePort", "65535"}}) {
    EXPECT_TRUE(Parse({{key, value}}).ok()) << key;
  }
}

TEST(StorageClassTest, VOL_3_MalformedValuesAreNamed) {
  for (const char* key : {"ctrlLossTmo", "reconnectDelay", "keepAliveTmo", "anchorSeconds",
                          "migrationTimeoutSeconds", "nvmePort"}) {
    for (const char* value : {"", "abc", "1s", " 5", "5 ", "+5", "5.0", "0x5", "5\n"}) {
      EXPECT_THAT(Refusal({{key, value}}), StartsWith("parameter " + std::string(key) + ": "))
          << value;
    }
  }
  EXPECT_EQ(Refusal({{"ctrlLossTmo", "abc"}}),
            "parameter ctrlLossTmo: \"abc\" is not a whole number from -1 to 86400");
}

TEST(StorageClassTest, VOL_3_ConsoleSyntaxIsRefusedEverywhere) {
  for (const char* key : {"volumePath", "nvmeAddress", "nvmePort", "fsType", "ctrlLossTmo",
                          "csi.storage.k8s.io/fstype", "csi.storage.k8s.io/pvc/name",
                          "csi.storage.k8s.io/pvc/namespace", "csi.storage.k8s.io/pv/name"}) {
    for (const char* value :
         {"\"", ";", "$x", "[find]", "]", "{", "}", "\\", "a b", " ", "a\nb", "a,b", "", ".."}) {
      EXPECT_THAT(Refusal({{key, value}}), StartsWith("parameter " + std::string(key) + ": "))
          << value;
    }
  }
}

TEST(StorageClassTest, VOL_3_BothNamesOfTheFilesystemMayBeUsed) {
  EXPECT_EQ(Parse({{"fsType", "ext3"}})->fs_type, "ext3");
  EXPECT_EQ(Parse({{"csi.storage.k8s.io/fstype", "xfs"}})->fs_type, "xfs");
  EXPECT_THAT(Refusal({{"fsType", "ext4"}, {"csi.storage.k8s.io/fstype", "xfs"}}),
              AllOf(StartsWith("parameter fsType: "), HasSubstr("csi.storage.k8s.io/fstype")));
}

TEST(StorageClassTest, VOL_3_AVolumePathMayBeABaseOrBelowOne) {
  for (const char* path : {"/pool/dir", "/pool/dir/a/b", "/fast", "/fast/x"}) {
    EXPECT_EQ(Parse({{"volumePath", path}})->volume_path, path);
  }
}

TEST(StorageClassTest, VOL_3_AVolumePathElsewhereIsRefused) {
  for (const char* path : {"/pool", "/pool/dir-evil", "/pool/dir-evil/a", "/other", "/faster",
                           "/pool/dir/../../etc", "/pool/dir/..", "pool/dir", "/pool/dir/"}) {
    EXPECT_THAT(Refusal({{"volumePath", path}}), StartsWith("parameter volumePath: \"")) << path;
  }
  EXPECT_EQ(Refusal({{"volumePath", "/other"}}),
            "parameter volumePath: \"/other\" is not below a directory that the controller may use "
            "(/pool/dir, /fast)");
}

TEST(StorageClassTest, VOL_3_WithoutBasePathsNothingIsAllowed) {
  EXPECT_FALSE(ParseStorageClass({}, {}).ok());
  EXPECT_FALSE(ParseStorageClass({{"volumePath", "/pool"}}, {}).ok());
}

TEST(StorageClassTest, NamesOfKubernetesObjectsArePassedOnOnlyWhenTheyAreNames) {
  for (const std::string& name : {std::string("Data"), std::string("-a"), std::string("a-"),
                                  std::string("a..b"), std::string("a_b"), std::string(254, 'a')}) {
    EXPECT_THAT(Refusal({{"csi.storage.k8s.io/pvc/name", name}}),
                StartsWith("parameter csi.storage.k8s.io/pvc/name: "))
        << name;
  }
  EXPECT_TRUE(Parse({{"csi.storage.k8s.io/pvc/name", std::string(253, 'a')}}).ok());
  EXPECT_TRUE(Parse({{"csi.storage.k8s.io/pvc/name", "data.web-0"}}).ok());
}

TEST(StorageClassTest, VOL_3_DirectoriesOfTheRdsArePlain) {
  for (const std::string& path : {std::string("/pool"), std::string("/storage-pool/metal-csi"),
                                  std::string("/a/b.c/d_e"), "/" + std::string(199, 'a')}) {
    EXPECT_EQ(*ParseRdsDirectory(path), path);
  }
}

TEST(StorageClassTest, VOL_3_HostileDirectoriesOfTheRdsAreRefused) {
  using std::string_literals::operator""s;
  for (const std::string& path : {""s,           "/"s,
                                  "pool"s,       "//pool"s,
                                  "/pool/"s,     "/pool//a"s,
                                  "/pool/.."s,   "/.."s,
                                  "/pool/."s,    "/pool/.hidden"s,
                                  "/pool/-a"s,   "/pool/a b"s,
                                  "/pool/a\"b"s, "/pool/a;b"s,
                                  "/pool/$a"s,   "/pool/[a]"s,
                                  "/pool/{a}"s,  "/pool/a\\b"s,
                                  "/pool/a\nb"s, "/pool/a\0b"s,
                                  "/pool/a,b"s,  "/pool/a=b"s,
                                  "/pool/*"s,    "/" + std::string(200, 'a')}) {
    const absl::Status status = ParseRdsDirectory(path).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(Message(status), HasSubstr("is not a directory on the RDS")) << path;
  }
}

}  // namespace
}  // namespace rds_csi
