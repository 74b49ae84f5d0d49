// SPDX-License-Identifier: Apache-2.0
#include "host/linux_host.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "base/status.h"
#include "host/linux_fd.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

TEST(LinuxHostTest, ItsPartsWorkTogether) {
  const auto machine = LinuxHost::Open({.io_program = RDS_CSI_IO_PROGRAM});
  ASSERT_TRUE(machine.ok()) << machine.status();
  const Host host = (*machine)->host();
  EXPECT_TRUE(host.files.Stat("/proc/self").ok());
  EXPECT_THAT(MountsAt(*host.mounts.List(), "/proc"), testing::Not(testing::IsEmpty()));
  EXPECT_TRUE(absl::IsNotFound(
      host.mounts.Unmount("/no/such/place", host.clock.Now() + absl::Seconds(60))));
  host.events.Wait(host.events.Count(), host.clock.Now() + absl::Milliseconds(1));
}

TEST(LinuxHostTest, DoesNotStartWithoutItsIoProgram) {
  EXPECT_EQ(LinuxHost::Open({.io_program = "/no/such/rds-csi-io"}).status(),
            absl::FailedPreconditionError("/no/such/rds-csi-io is not there, or is no program"));
}

TEST(LinuxHostTest, LooksForItsIoProgramBesideItself) {
  const absl::Status status = LinuxHost::Open({}).status();
  EXPECT_THAT(Message(status), testing::HasSubstr("/rds-csi-io is not there"));
}

// The kernel connects one volume at a time, and who waits for its own lock cannot be killed.
TEST(LinuxHostTest, STL_6_WhoWaitsForItsTurnToConnectIsKilledAtItsDeadline) {
  const auto machine = LinuxHost::Open({.io_program = RDS_CSI_IO_PROGRAM});
  ASSERT_TRUE(machine.ok()) << machine.status();
  const Host host = (*machine)->host();
  const TempDirectory folder;
  const std::string fabrics = folder.File("nvme-fabrics", "");
  const Fd other(open(fabrics.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
  const absl::Status status =
      RunIo(host.exec, {"exchange", fabrics}, "nqn=a", host.clock.Now() + absl::Milliseconds(200))
          .status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(host.exec.LeftBehind(), testing::IsEmpty());
}

}  // namespace
}  // namespace rds_csi
