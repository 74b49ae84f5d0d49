// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace rds_csi {
namespace {

absl::Status PassUp(const absl::Status& status) {
  RETURN_IF_ERROR(status);
  return absl::AbortedError("went on");
}

absl::StatusOr<std::unique_ptr<int>> AddOne(absl::StatusOr<std::unique_ptr<int>> number) {
  ASSIGN_OR_RETURN(std::unique_ptr<int> value, std::move(number));
  ++*value;
  return value;
}

TEST(StatusTest, ReturnIfErrorPassesTheErrorUpUntouched) {
  EXPECT_EQ(PassUp(absl::NotFoundError("gone")), absl::NotFoundError("gone"));
}

TEST(StatusTest, ReturnIfErrorGoesOnWhenAllIsWell) {
  EXPECT_EQ(PassUp(absl::OkStatus()), absl::AbortedError("went on"));
}

TEST(StatusTest, AssignOrReturnMovesTheValueOut) {
  EXPECT_EQ(**AddOne(std::make_unique<int>(1)), 2);
}

TEST(StatusTest, AssignOrReturnPassesTheErrorUpUntouched) {
  EXPECT_EQ(AddOne(absl::DataLossError("lost")).status(), absl::DataLossError("lost"));
}

TEST(StatusTest, AnnotateKeepsTheCode) {
  EXPECT_EQ(Annotate(absl::NotFoundError("gone"), "disk"), absl::NotFoundError("disk: gone"));
  EXPECT_TRUE(Annotate(absl::OkStatus(), "disk").ok());
}

}  // namespace
}  // namespace rds_csi
