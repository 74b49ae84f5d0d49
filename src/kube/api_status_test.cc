// SPDX-License-Identifier: Apache-2.0
#include "kube/api_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "kube/fake_http.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

const Asked kAsked = {"get", kVolumeAttachments, {"", "csi-1"}};

absl::Status ErrorFor(long http_status, const std::string& reason = "SomeReason") {
  return ApiError(http_status, FakeKube::Refusal(http_status, reason, "csi-1").body, kAsked);
}

TEST(ApiStatusTest, GivesEachRefusalItsCode) {
  EXPECT_EQ(ErrorFor(400).code(), Code::kInvalidArgument);
  EXPECT_EQ(ErrorFor(422).code(), Code::kInvalidArgument);
  EXPECT_EQ(ErrorFor(401).code(), Code::kPermissionDenied);
  EXPECT_EQ(ErrorFor(403).code(), Code::kPermissionDenied);
  EXPECT_EQ(ErrorFor(404, "NotFound").code(), Code::kNotFound);
  EXPECT_EQ(ErrorFor(409, "AlreadyExists").code(), Code::kAlreadyExists);
  EXPECT_EQ(ErrorFor(409, "Conflict").code(), Code::kAborted);
  EXPECT_EQ(ErrorFor(410, "Expired").code(), Code::kOutOfRange);
  EXPECT_EQ(ErrorFor(418).code(), Code::kInternal);
}

TEST(ApiStatusTest, ATroubledServerIsUnavailableAndNeverSaysThatSomethingIsGone) {
  for (const long http_status : {408L, 429L, 500L, 502L, 503L, 504L}) {
    EXPECT_EQ(ErrorFor(http_status, "NotFound").code(), Code::kUnavailable) << http_status;
  }
}

TEST(ApiStatusTest, ATT_5_OnlyTheApiServersOwnWordOnThatObjectMeansThatItIsGone) {
  for (const std::string& body :
       {std::string("404 page not found"), std::string("{}"), std::string(),
        FakeKube::Refusal(404, "", "csi-1").body, FakeKube::Refusal(404, "NotFound", "").body,
        FakeKube::Refusal(404, "NotFound", "csi-2").body}) {
    EXPECT_EQ(ApiError(404, body, kAsked).code(), Code::kUnavailable) << body;
  }
}

TEST(ApiStatusTest, OfACollectionNotFoundMeansThatTheNameSpaceIsGone) {
  const Asked asked{"create", kEvents, {"shop", ""}};
  const std::string body = FakeKube::Refusal(404, "NotFound", "shop").body;
  EXPECT_EQ(ApiError(404, body, asked).code(), Code::kNotFound);
}

TEST(ApiStatusTest, ARefusalNamesTheRightThatIsMissing) {
  EXPECT_THAT(Message(ErrorFor(403, "Forbidden")),
              AllOf(HasSubstr("get volumeattachments csi-1"), HasSubstr("verb \"get\""),
                    HasSubstr("resource \"volumeattachments\""), HasSubstr("\"storage.k8s.io\"")));
}

TEST(ApiStatusTest, WhatIsNoStatusObjectIsQuotedAndCut) {
  const absl::Status error = ApiError(502, std::string(100'000, 'x'), kAsked);
  EXPECT_EQ(error.code(), Code::kUnavailable);
  EXPECT_LT(error.message().size(), 500U);
  EXPECT_THAT(Message(error), HasSubstr("HTTP 502"));
}

TEST(ApiStatusTest, WordsFromTheServerAreCut) {
  EXPECT_LT(ErrorFor(500, std::string(100'000, 'x')).message().size(), 1000U);
}

TEST(ApiStatusTest, WordsFromTheServerCannotForgeALine) {
  const absl::Status error = ApiError(404, R"({"message":"a\nb"})", kAsked);
  EXPECT_EQ(Message(error).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace rds_csi
