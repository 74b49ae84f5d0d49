// SPDX-License-Identifier: Apache-2.0
#include "host/linux_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "host/device_number.h"
#include "host/io_protocol.h"
#include "host/linux_child.h"
#include "host/linux_read.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr absl::Duration kPatience = absl::Seconds(60);

std::vector<std::string> OpenFilesOf(const Worker& worker) {
  std::vector<std::string> names;
  EXPECT_EQ(ListDirectory(fmt::format("/proc/{}/fd", worker.child.pid), names), 0);
  return names;
}

class LinuxWorkerTest : public MachineTest {
 protected:
  void SetUp() override {
    MachineTest::SetUp();
    if (IsSkipped()) return;
    absl::StatusOr<Worker> worker = StartWorker(RDS_CSI_IO_PROGRAM);
    ASSERT_TRUE(worker.ok()) << worker.status();
    worker_ = *std::move(worker);
  }
  void TearDown() override {
    if (worker_.child.pid > 0) Kill(worker_.child);
  }

  ExecResult Act(const std::vector<std::string>& words, const std::string& input = "") {
    return ActOf(worker_, words, input);
  }
  ExecResult ActOf(const Worker& worker, const std::vector<std::string>& words,
                   const std::string& input = "") {
    const absl::StatusOr<ExecResult> answer =
        Ask(worker, {.words = words, .input = input}, clock_, clock_.Now() + kPatience);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(ExecResult{.exit_code = -1, .output = "", .errors = ""});
  }

  RealClock clock_;
  Worker worker_;
  TempDirectory folder_;
};

TEST_F(LinuxWorkerTest, DoesOneActAfterTheOther) {
  const std::string file = folder_.File("attribute", "before");
  EXPECT_EQ(Act({"write", file}, "after").exit_code, kIoDone);
  EXPECT_EQ(ReadWhole(file, 100).text, "aftere");
  const ExecResult failed = Act({"look", "/no/such/folder"});
  EXPECT_EQ(failed.exit_code, kIoFailed);
  EXPECT_EQ(failed.errors, "2 look at /no/such/folder\n");
  EXPECT_THAT(Act({"no-such-verb"}).errors, HasSubstr("usage: rds-csi-io"));
  EXPECT_EQ(Act({}).exit_code, kIoUsage);
  EXPECT_EQ(Act({"statfs", "/"}).exit_code, kIoDone);
}

TEST_F(LinuxWorkerTest, TakesAndGivesWhatIsLargerThanTheSocket) {
  const std::string file = folder_.File("attribute");
  const std::string input(1 << 20, 'x');
  EXPECT_EQ(Act({"write", file}, input).exit_code, kIoDone);
  EXPECT_EQ(ReadWhole(file, 2 << 20).text, input);
  const std::string name(2 << 20, 'y');
  EXPECT_THAT(Act({"look", name}).errors, HasSubstr(name));
}

TEST_F(LinuxWorkerTest, AnActLeavesNothingInIt) {
  const LoopDevice disk(64 << 20);
  Shell("mkfs.ext4 -q " + disk.path());
  const LoopDevice blank(64 << 20);
  const std::string target = folder_.Folder("mnt");
  const std::string bind = folder_.Folder("bind");
  const std::string file = folder_.File("attribute");
  const std::string number = ToString(disk.number());
  const std::vector<std::vector<std::string>> acts = {
      {"reach", "localhost", "1", "1000"},
      {"reach", "no.such.host.invalid", "1", "1000"},
      {"probe", disk.path()},
      {"probe", blank.path()},
      {"probe", file},
      {"readonly", disk.path(), "0"},
      {"readonly", file, "0"},
      {"mount", disk.path(), target, "ext4", "noatime"},
      {"mount", disk.path(), target, "ext4", "no-such-option"},
      {"mount", blank.path(), target, "ext4"},
      {"probe", disk.path()},
      {"openers", number},
      {"openers", "4095:1"},
      {"bind", target, bind, "ro"},
      {"bind", target, "/no/such/folder"},
      {"statfs", target},
      {"statfs", "/no/such/folder"},
      {"look", target},
      {"look", file},
      {"unmount", bind},
      {"unmount", target},
      {"unmount", target},
      {"write", file},
      {"write", "/no/such/file"},
      {"exchange", file},
      {"exchange", "/dev/full"},
  };
  for (const std::vector<std::string>& act : acts) {
    const std::string words = Join(act, " ");
    EXPECT_NE(Act(act, "data").exit_code, kIoUsage) << words;
    EXPECT_THAT(OpenFilesOf(worker_), UnorderedElementsAre("0", "1", "2")) << words;
    std::vector<std::string> threads;
    ListDirectory(fmt::format("/proc/{}/task", worker_.child.pid), threads);
    EXPECT_EQ(threads.size(), 1u) << words;
  }
  EXPECT_THAT(ReadWhole(fmt::format("/proc/{}/status", worker_.child.pid), 1 << 16).text,
              HasSubstr("Umask:\t0022"));
}

TEST_F(LinuxWorkerTest, HoldsNothingOfTheDriverNorOfAnother) {
  const Fd leaky(open("/dev/null", O_RDONLY));  // not close-on-exec
  const absl::StatusOr<Worker> second = StartWorker(RDS_CSI_IO_PROGRAM);
  ASSERT_TRUE(second.ok()) << second.status();
  // While it starts, it reads the libraries it is linked with.
  ASSERT_EQ(ActOf(*second, {"statfs", "/"}).exit_code, kIoDone);
  EXPECT_THAT(OpenFilesOf(*second), UnorderedElementsAre("0", "1", "2"));
  Kill(second->child);
}

TEST_F(LinuxWorkerTest, EndsWhenNobodyIsLeftToAskIt) {
  EXPECT_TRUE(IsIdle(worker_));
  worker_.socket.Close();
  EXPECT_TRUE(EndsSoon(worker_.child.pid));
  EXPECT_EQ(Kill(worker_.child), kIoDone);
  worker_.child = {};
}

TEST_F(LinuxWorkerTest, EndsOverWhatIsNoRequest) {
  const std::string nonsense(100, '\xff');
  ASSERT_EQ(send(worker_.socket.get(), nonsense.data(), nonsense.size(), 0), 100);
  EXPECT_TRUE(EndsSoon(worker_.child.pid));
  EXPECT_EQ(Kill(worker_.child), kIoUsage);
  worker_.child = {};
}

TEST_F(LinuxWorkerTest, OneThatDiedIsNotIdle) {
  kill(worker_.child.pid, SIGKILL);
  EXPECT_TRUE(EndsSoon(worker_.child.pid));
  EXPECT_FALSE(IsIdle(worker_));
}

// Its driver may have died before PR_SET_PDEATHSIG held, with a request on its way.
TEST_F(LinuxWorkerTest, BeginsNoActForADriverThatIsGone) {
  const std::string file = folder_.File("attribute", "before");
  const std::string request = FormatIoRequest({.words = {"write", file}, .input = "after!"});
  std::array<int, 2> ends = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  Fd ours(ends[0]);
  const Fd its(ends[1]);
  ASSERT_GT(send(ours.get(), request.data(), request.size(), 0), 0);
  ours.Close();
  const absl::StatusOr<Child> child =
      Spawn(RDS_CSI_IO_PROGRAM, {"rds-csi-io", "serve"}, {its.get(), its.get(), its.get()});
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_TRUE(EndsSoon(child->pid));
  EXPECT_EQ(Kill(*child), kIoDone);
  EXPECT_EQ(ReadWhole(file, 100).text, "before");
}

TEST_F(LinuxWorkerTest, SaysWhenThereIsNoAnswerYetAndWhenThereWillBeNone) {
  const std::string fifo = folder_ / "fifo";  // who opens it for writing waits for a reader
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      Ask(worker_, {.words = {"write", fifo}, .input = "x"}, clock_, clock_.Now()).status()));
  kill(worker_.child.pid, SIGKILL);
  EXPECT_TRUE(absl::IsUnavailable(
      Ask(worker_, {.words = {"statfs", "/"}, .input = ""}, clock_, clock_.Now() + kPatience)
          .status()));
}

}  // namespace
}  // namespace rds_csi
