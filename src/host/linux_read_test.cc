// SPDX-License-Identifier: Apache-2.0
#include "host/linux_read.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <termios.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "host/linux_fd.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

TEST(LinuxReadTest, AFileOverTheLimitIsAnError) {
  const TempDirectory folder;
  const std::string file = folder.File("file", "0123456789");
  EXPECT_EQ(ReadWhole(file, 10).text, "0123456789");
  EXPECT_EQ(ReadWhole(file, 9).error, EFBIG);
}

TEST(LinuxReadTest, WriteOnceMakesNoFile) {
  const TempDirectory folder;
  EXPECT_EQ(WriteOnce(folder / "gone", "x").error, ENOENT);
  EXPECT_EQ(ReadWhole(folder / "gone", 10).error, ENOENT);
}

TEST(LinuxReadTest, AnErrorOfTheDeviceIsTheOutcome) {
  EXPECT_EQ(WriteOnce("/dev/full", "x").error, ENOSPC);
  EXPECT_EQ(WriteOnce("/dev/full", "x").text, "write /dev/full");
  EXPECT_EQ(Exchange("/dev/full", "x").error, ENOSPC);
}

// A terminal answers on the descriptor that was written to, as /dev/nvme-fabrics does.
TEST(LinuxReadTest, ExchangeAnswersWhatTheSameDescriptorGives) {
  const Fd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_EQ(grantpt(master.get()), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  const Fd slave(open(ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios mode = {};
  ASSERT_EQ(tcgetattr(slave.get(), &mode), 0);
  cfmakeraw(&mode);
  ASSERT_EQ(tcsetattr(slave.get(), TCSANOW, &mode), 0);

  std::string received(100, '\0');
  std::thread kernel([&master, &received] {
    received.resize(static_cast<size_t>(read(master.get(), received.data(), received.size())));
    ASSERT_EQ(write(master.get(), "instance=0,cntlid=1\n", 20), 20);
  });
  const Outcome outcome = Exchange(ptsname(master.get()), "nqn=a,transport=tcp");
  kernel.join();
  EXPECT_EQ(outcome.text, "instance=0,cntlid=1\n");
  EXPECT_EQ(received, "nqn=a,transport=tcp");
}

TEST(LinuxReadTest, ExchangesTakeTurns) {
  const TempDirectory folder;
  const std::string path = folder.File("device", "");
  const Fd other(open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
  std::thread exchange([&path] { EXPECT_TRUE(Exchange(path, "connect").ok()); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(ReadWhole(path, 100).text, "");
  ASSERT_EQ(flock(other.get(), LOCK_UN), 0);
  exchange.join();
  EXPECT_EQ(ReadWhole(path, 100).text, "connect");
}

TEST(LinuxReadTest, AWriteThatIsTakenInPartIsAnError) {
  const TempDirectory folder;
  const std::string file = folder.File("file", "");
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit four_bytes = {.rlim_cur = 4, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &four_bytes), 0);
  const Outcome outcome = WriteOnce(file, "0123456789");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(outcome.error, EIO);
  EXPECT_THAT(outcome.text, testing::EndsWith("4 of 10 bytes taken"));
}

}  // namespace
}  // namespace rds_csi
