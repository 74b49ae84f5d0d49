// SPDX-License-Identifier: Apache-2.0
#include "base/errno_status.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace rds_csi {
namespace {

TEST(ErrnoStatusTest, SaysWhatWasTriedAndWhatTheKernelSaid) {
  EXPECT_EQ(ErrnoStatus(EBUSY, "umount /mnt"),
            absl::FailedPreconditionError("umount /mnt: Device or resource busy"));
}

TEST(ErrnoStatusTest, AnUnreadableDeviceIsUnavailableAndNotMissing) {
  EXPECT_EQ(CodeOfErrno(EIO), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOfErrno(ENODEV), absl::StatusCode::kNotFound);
}

TEST(ErrnoStatusTest, ATimeOutTellsNothingOfWhatHasHappened) {
  EXPECT_EQ(CodeOfErrno(ETIMEDOUT), absl::StatusCode::kDeadlineExceeded);
}

TEST(ErrnoStatusTest, AnUnknownErrnoIsInternal) {
  EXPECT_EQ(CodeOfErrno(EXDEV), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace rds_csi
