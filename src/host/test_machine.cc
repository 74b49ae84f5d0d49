// SPDX-License-Identifier: Apache-2.0
#include "host/test_machine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/loop.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "host/linux_mounts.h"
#include "host/linux_read.h"

namespace rds_csi {
namespace {

bool EnterMountNamespace() {
  return unshare(CLONE_NEWNS) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         access("/dev/loop-control", R_OK | W_OK) == 0;
}

pid_t StartShell(const std::string& script, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;  // a process group of its own, so that all of it can be ended
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::array<const char*, 4> argv = {"sh", "-c", script.c_str(), nullptr};
  pid_t pid = 0;
  const int error = posix_spawn(&pid, "/bin/sh", &actions, &attributes,
                                const_cast<char* const*>(argv.data()), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) std::abort();
  return pid;
}

}  // namespace

TempDirectory::TempDirectory() {
  std::string pattern = testing::TempDir() + "rds-csi-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = std::filesystem::canonical(pattern);
}

TempDirectory::~TempDirectory() {
  const Outcome table = ReadWhole("/proc/self/mountinfo", 1 << 24);
  const absl::StatusOr<std::vector<Mount>> mounts = ParseMountInfo(table.text);
  for (auto mount = mounts->rbegin(); mount != mounts->rend(); ++mount) {
    if (mount->target.starts_with(path_)) umount2(mount->target.c_str(), MNT_DETACH);
  }
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string TempDirectory::operator/(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

std::string TempDirectory::Folder(std::string_view name) const {
  std::string path = *this / name;
  std::filesystem::create_directories(path);
  return path;
}

std::string TempDirectory::File(std::string_view name, std::string_view content) const {
  std::string path = *this / name;
  std::ofstream(path) << content;
  return path;
}

LoopDevice::LoopDevice(int64_t size) : backing_(memfd_create("disk", MFD_CLOEXEC)) {
  EXPECT_EQ(ftruncate(backing_.get(), size), 0);
  Attach();
}

LoopDevice::LoopDevice(const std::string& backing)
    : backing_(open(backing.c_str(), O_RDWR | O_CLOEXEC)) {
  EXPECT_TRUE(backing_.ok()) << backing;
  Attach();
}

void LoopDevice::Attach() {
  const Fd control(open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  loop_config config = {};
  config.fd = static_cast<uint32_t>(backing_.get());
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  for (int attempt = 0; attempt < 50; ++attempt) {  // others take loop devices too
    path_ = fmt::format("/dev/loop{}", ioctl(control.get(), LOOP_CTL_GET_FREE));
    device_ = Fd(open(path_.c_str(), O_RDWR | O_CLOEXEC));
    if (device_.ok() && ioctl(device_.get(), LOOP_CONFIGURE, &config) == 0) return;
  }
  ADD_FAILURE() << "no loop device to be had";
}

DeviceNumber LoopDevice::number() const {
  struct stat status = {};
  EXPECT_EQ(fstat(device_.get(), &status), 0);
  return {.major = major(status.st_rdev), .minor = minor(status.st_rdev)};
}

void LoopDevice::Write(int64_t offset, std::string_view bytes) const {
  EXPECT_EQ(pwrite(backing_.get(), bytes.data(), bytes.size(), offset),
            static_cast<ssize_t>(bytes.size()));
}

int64_t LoopDevice::Find(std::string_view bytes) const {
  struct stat status = {};
  EXPECT_EQ(fstat(backing_.get(), &status), 0);
  const auto size = static_cast<size_t>(status.st_size);
  void* const all = mmap(nullptr, size, PROT_READ, MAP_SHARED, backing_.get(), 0);
  EXPECT_NE(all, MAP_FAILED);
  const size_t found = std::string_view(static_cast<const char*>(all), size).find(bytes);
  munmap(all, size);
  return found == std::string_view::npos ? -1 : static_cast<int64_t>(found);
}

void LoopDevice::Truncate(int64_t size) const { EXPECT_EQ(ftruncate(backing_.get(), size), 0); }

Process::Process(const std::string& script) {
  std::array<int, 2> ends = {};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const Fd ready(ends[0]);
  Fd output(ends[1]);
  pid_ = StartShell(script, output.get());
  output.Close();
  char byte = 0;
  EXPECT_EQ(read(ready.get(), &byte, 1), 1) << script;
}

Process::~Process() {
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool EndsSoon(pid_t process) {
  for (int i = 0; i < 500; ++i) {
    const Outcome stat = ReadWhole(fmt::format("/proc/{}/stat", process), 4096);
    if (!stat.ok() || stat.text.find(") Z ") != std::string::npos) return true;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return false;
}

void Shell(const std::string& script) {
  int status = 0;
  ASSERT_GT(waitpid(StartShell(script, STDERR_FILENO), &status, 0), 0);
  ASSERT_EQ(status, 0) << script;
}

int WithFailing(const FailingCall& call, const std::function<int()>& act) {
  const uint8_t skip = call.flags == 0 ? 0 : 1;
  const pid_t child = fork();
  if (child == 0) {
    std::array<sock_filter, 6> filter = {{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call.number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, call.flags, 0, skip),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(call.error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    const sock_fprog program = {.len = filter.size(), .filter = filter.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
      _exit(99);
    }
    _exit(act());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

void MachineTest::SetUp() {
  static const bool possible = EnterMountNamespace();
  if (!possible) GTEST_SKIP() << "needs CAP_SYS_ADMIN and loop devices";
}

}  // namespace rds_csi
