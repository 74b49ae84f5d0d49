// SPDX-License-Identifier: Apache-2.0
#include "csi/request_text.h"

#include <google/protobuf/unknown_field_set.h>

#include "csi.pb.h"
#include "csi/testing.h"

namespace rds_csi {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using testing::HasSubstr;
using testing::Not;

TEST(RequestTextTest, TheMethodIsInTheTypesName) {
  EXPECT_EQ(MethodOf(csi::v1::NodeStageVolumeRequest()), "NodeStageVolume");
}

TEST(RequestTextTest, TheSubjectIsWhatItIsAbout) {
  const auto request = Parse<csi::v1::NodePublishVolumeRequest>(
      "volume_id: 'pvc-1' target_path: '/t' readonly: true");
  const LogFields expected = {{"volume_id", "pvc-1"}, {"target_path", "/t"}};
  EXPECT_EQ(SubjectOf(request), expected);
}

TEST(RequestTextTest, ASubjectCannotFloodTheLog) {
  csi::v1::DeleteVolumeRequest request;
  request.set_volume_id(std::string(100'000, 'x'));
  EXPECT_LE(SubjectOf(request).at(0).second.size(), 256U);
}

// Of every request of the contract, so that none that comes later is forgotten.
TEST(RequestTextTest, NoSecretOfAnyRequestIsShown) {
  const auto& file = *csi::v1::NodeStageVolumeRequest::descriptor()->file();
  int secrets = 0;
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& type = *file.message_type(i);
    const FieldDescriptor* field = type.FindFieldByName("secrets");
    if (field == nullptr) continue;
    ++secrets;
    const std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        "secrets { key: 'password' value: 'hunter2' }", request.get()));
    EXPECT_THAT(WithoutSecrets(*request), Not(HasSubstr("hunter2"))) << type.name();
  }
  EXPECT_GT(secrets, 10);
}

TEST(RequestTextTest, WhatIsNoSecretIsShown) {
  const auto request = Parse<csi::v1::CreateVolumeRequest>(
      "name: 'pvc-1' parameters { key: 'fsType' value: 'xfs' }");
  EXPECT_EQ(WithoutSecrets(request), R"({"name":"pvc-1","parameters":{"fsType":"xfs"}})");
}

TEST(RequestTextTest, AFieldOfALaterContractIsNotShown) {
  csi::v1::NodeStageVolumeRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(999, "hunter2");
  EXPECT_THAT(WithoutSecrets(request), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace rds_csi
