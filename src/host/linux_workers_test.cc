// SPDX-License-Identifier: Apache-2.0
#include "host/linux_workers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "host/linux_read.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

Worker Taken(LinuxWorkers& workers) {
  absl::StatusOr<Worker> worker = workers.Take();
  EXPECT_TRUE(worker.ok()) << worker.status();
  return *std::move(worker);
}

bool Answers(const Worker& worker) {
  RealClock clock;
  const IoRequest request = {.words = {"statfs", "/"}, .input = ""};
  return Ask(worker, request, clock, clock.Now() + absl::Seconds(60)).ok();
}

TEST(LinuxWorkersTest, OneThatHasAnsweredIsKeptForTheNextAct) {
  LinuxWorkers workers(RDS_CSI_IO_PROGRAM);
  Worker worker = Taken(workers);
  const pid_t pid = worker.child.pid;
  EXPECT_TRUE(Answers(worker));
  workers.Give(std::move(worker));
  Worker again = Taken(workers);
  EXPECT_EQ(again.child.pid, pid);
  EXPECT_TRUE(Answers(again));
}

TEST(LinuxWorkersTest, AFewAreKeptAndTheOthersEnd) {
  LinuxWorkers workers(RDS_CSI_IO_PROGRAM);
  std::vector<Worker> taken;
  std::vector<pid_t> pids;
  for (int i = 0; i < 5; ++i) taken.push_back(Taken(workers));
  for (Worker& worker : taken) {
    pids.push_back(worker.child.pid);
    workers.Give(std::move(worker));
  }
  EXPECT_EQ(std::count_if(pids.begin(), pids.end(), [](pid_t pid) { return kill(pid, 0) == 0; }),
            2);
}

TEST(LinuxWorkersTest, OneThatDiedWhileItWaitedIsReplaced) {
  LinuxWorkers workers(RDS_CSI_IO_PROGRAM);
  Worker worker = Taken(workers);
  const pid_t pid = worker.child.pid;
  workers.Give(std::move(worker));
  kill(pid, SIGKILL);
  ASSERT_TRUE(EndsSoon(pid));
  EXPECT_TRUE(Answers(Taken(workers)));
  EXPECT_NE(kill(pid, 0), 0) << "a zombie stayed";
}

TEST(LinuxWorkersTest, AllEndWithTheirOwner) {
  pid_t pid = 0;
  {
    LinuxWorkers workers(RDS_CSI_IO_PROGRAM);
    Worker worker = Taken(workers);
    pid = worker.child.pid;
    workers.Give(std::move(worker));
  }
  EXPECT_NE(kill(pid, 0), 0);
}

TEST(LinuxWorkersTest, WhatCannotBeStartedIsToldEachTime) {
  LinuxWorkers workers("/no/such/program");
  EXPECT_TRUE(absl::IsNotFound(workers.Take().status()));
  EXPECT_TRUE(absl::IsNotFound(workers.Take().status()));
}

// The kernel kills a child with the thread that started it, and threads of RPCs come and go.
TEST(LinuxWorkersTest, AWorkerOutlivesTheThreadThatAskedForIt) {
  LinuxWorkers workers(RDS_CSI_IO_PROGRAM);
  Worker worker;
  std::thread([&] {
    worker = Taken(workers);
    EXPECT_TRUE(Answers(worker));  // by now its death would follow ours
  }).join();
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_TRUE(IsIdle(worker));
  EXPECT_TRUE(Answers(worker));
}

constexpr char kFolder[] = "RDS_CSI_TEST_FOLDER";

// A driver in a process of its own: it asks for an act that does not end, until it is killed.
TEST(LinuxWorkersTest, DISABLED_Driver) {
  const std::string folder = getenv(kFolder);
  LinuxWorkers workers(RDS_CSI_IO_PROGRAM);
  const Worker worker = Taken(workers);
  std::ofstream(folder + "/pid") << worker.child.pid << std::flush;
  RealClock clock;
  const IoRequest request = {.words = {"write", folder + "/fifo"},
                             .input = std::string(1 << 20, 'x')};
  Ask(worker, request, clock, absl::InfiniteFuture()).status().IgnoreError();
}

TEST(LinuxWorkersTest, AnActEndsWithTheDriverThatWasKilled) {
  const TempDirectory folder;
  const std::string fifo = folder / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const Fd reader(open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const Process driver(fmt::format(
      "exec env {}={} {} --gtest_also_run_disabled_tests --gtest_filter=*.DISABLED_Driver", kFolder,
      folder.path(), std::filesystem::canonical("/proc/self/exe").string()));
  pollfd polled = {reader.get(), POLLIN, 0};
  ASSERT_EQ(poll(&polled, 1, 60'000), 1) << "the act has not begun";
  const auto worker = static_cast<pid_t>(std::stoi(ReadWhole(folder / "pid", 100).text));
  ASSERT_EQ(kill(worker, 0), 0);

  kill(driver.pid(), SIGKILL);
  EXPECT_TRUE(EndsSoon(worker));
}

}  // namespace
}  // namespace rds_csi
