// SPDX-License-Identifier: Apache-2.0
//
// A peer built from CSI 1.12 or from CSI 1.13 must be able to talk to this driver: our compiled
// descriptors are compared with a recorded table of each version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "contract.h"
#include "csi.pb.h"

namespace rds_csi {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const FileDescriptor& OurFile() { return *csi::v1::GetPluginInfoRequest::descriptor()->file(); }

nlohmann::json Table(const std::string& version) {
  std::ifstream file(RDS_CSI_GOLDEN_DIR "/wire-" + version + ".json");
  return nlohmann::json::parse(file);
}

Contract Golden(const std::string& version) { return ContractOf(Table(version)); }

TEST(WireTest, TheTablesAreTheOnesOfTheTwoVersions) {
  EXPECT_THAT(Table("1.12").at("messages"), SizeIs(94));
  EXPECT_THAT(Table("1.13").at("messages"), SizeIs(104));
}

TEST(WireTest, EverythingOf_1_12_IsInOurContract) {
  EXPECT_THAT(Missing(Golden("1.12"), ContractOf(OurFile())), IsEmpty());
}

TEST(WireTest, EverythingOf_1_13_IsInOurContract) {
  EXPECT_THAT(Missing(Golden("1.13"), ContractOf(OurFile())), IsEmpty());
}

TEST(WireTest, NothingInOurContractIsInvented) {
  EXPECT_THAT(Missing(ContractOf(OurFile()), Either(Golden("1.12"), Golden("1.13"))), IsEmpty());
}

// Two sentences about one number would be two meanings for the same bytes.
TEST(WireTest, TheTwoVersionsNeverGiveOneNumberTwoMeanings) {
  const Contract both = Either(Golden("1.12"), Golden("1.13"));
  std::map<std::string, std::string> meanings;
  for (const std::string& sentence : both) {
    if (sentence.rfind("field ", 0) != 0) continue;
    const std::string key = sentence.substr(0, sentence.find(" is "));
    EXPECT_TRUE(meanings.emplace(key, sentence).second) << meanings[key] << " / " << sentence;
  }
}

TEST(WireTest, TheFileIsProto3SoThatPresenceAndPackingAreThoseOfTheTables) {
  EXPECT_EQ(OurFile().syntax(), FileDescriptor::SYNTAX_PROTO3);
  EXPECT_EQ(OurFile().package(), "csi.v1");
}

void ExpectSecretsMarked(const Descriptor& message, int& marked) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const bool secret = field.options().GetExtension(csi::v1::csi_secret);
    EXPECT_EQ(secret, field.name() == "secrets") << field.full_name();
    if (secret) ++marked;
  }
  for (int i = 0; i < message.nested_type_count(); ++i) {
    ExpectSecretsMarked(*message.nested_type(i), marked);
  }
}

TEST(WireTest, EveryFieldOfSecretsIsMarkedAsSecretAndNoOther) {
  int marked = 0;
  for (int i = 0; i < OurFile().message_type_count(); ++i) {
    ExpectSecretsMarked(*OurFile().message_type(i), marked);
  }
  size_t in_table = 0;
  for (const std::string& sentence : Golden("1.13")) {
    if (sentence.ends_with(" secrets")) ++in_table;
  }
  EXPECT_EQ(static_cast<size_t>(marked), in_table);
  EXPECT_GT(marked, 20);
}

// The comparison itself: each kind of change is seen, and only it.
class ChangedTableTest : public ::testing::Test {
 protected:
  Contract Unknown() const { return Missing(ContractOf(table_), ContractOf(OurFile())); }

  nlohmann::json table_ = Table("1.13");
};

TEST_F(ChangedTableTest, SeesAChangedFieldNumber) {
  table_["messages"]["csi.v1.Volume"][1]["number"] = 9;
  EXPECT_THAT(Unknown(), ElementsAre("field csi.v1.Volume 9 is string volume_id"));
}

TEST_F(ChangedTableTest, SeesAChangedType) {
  table_["messages"]["csi.v1.Volume"][0]["type"] = "int32";
  EXPECT_THAT(Unknown(), ElementsAre("field csi.v1.Volume 1 is int32 capacity_bytes"));
}

TEST_F(ChangedTableTest, SeesAChangedLabel) {
  table_["messages"]["csi.v1.Volume"][1]["label"] = "repeated";
  EXPECT_THAT(Unknown(), ElementsAre("field csi.v1.Volume 2 is repeated string volume_id"));
}

TEST_F(ChangedTableTest, SeesAFieldThatLeftItsOneof) {
  table_["messages"]["csi.v1.VolumeCapability"][0].erase("oneof");
  EXPECT_THAT(Unknown(), ElementsAre("field csi.v1.VolumeCapability 1 is "
                                     "csi.v1.VolumeCapability.BlockVolume block"));
}

TEST_F(ChangedTableTest, SeesAChangedEnumValue) {
  table_["enums"]["csi.v1.VolumeUsage.Unit"]["INODES"] = 3;
  EXPECT_THAT(Unknown(), ElementsAre("value csi.v1.VolumeUsage.Unit INODES = 3"));
}

TEST_F(ChangedTableTest, SeesAMethodThatBecameAStream) {
  table_["services"]["csi.v1.Identity"]["Probe"][1] = "stream csi.v1.ProbeResponse";
  EXPECT_THAT(Unknown(), ElementsAre("method csi.v1.Identity Probe takes csi.v1.ProbeRequest "
                                     "answers stream csi.v1.ProbeResponse"));
}

TEST_F(ChangedTableTest, SeesAChangedExtension) {
  table_["extensions"]["csi.v1.csi_secret extends google.protobuf.FieldOptions"] = 1;
  EXPECT_THAT(Unknown(), ElementsAre("extension csi.v1.csi_secret extends "
                                     "google.protobuf.FieldOptions = 1"));
}

}  // namespace
}  // namespace rds_csi
