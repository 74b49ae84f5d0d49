// SPDX-License-Identifier: Apache-2.0
#include "host/linux_spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/errno_status.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

// The attributes and actions of one posix_spawn(3). Their set-up fails only for lack of memory.
class Recipe {
 public:
  Recipe(int input, int output, int errors) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
  }
  Recipe(const Recipe&) = delete;
  Recipe& operator=(const Recipe&) = delete;
  ~Recipe() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  // An errno; 0: `pid` runs.
  int Spawn(const std::string& program, const std::vector<std::string>& argv, pid_t& pid) {
    static const std::string path = fmt::format("PATH={}", kProgramPath);
    std::array<char*, 3> environment = {const_cast<char*>(path.c_str()),
                                        const_cast<char*>("LC_ALL=C"), nullptr};
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    return posix_spawn(&pid, program.c_str(), &actions_, &attributes_, words.data(),
                       environment.data());
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

// Above the standard streams even where one of these is closed, so that no dup2(2) of the child
// overwrites what a later one needs.
Fd Raised(Fd fd) {
  if (!fd.ok() || fd.get() > STDERR_FILENO) return fd;
  return Fd(fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

// A file in memory, not a pipe: nobody has to feed it, and a child that reads nothing hurts nobody.
Fd InputFile(std::string_view input) {
  if (input.empty()) return Raised(Fd(open("/dev/null", O_RDONLY | O_CLOEXEC)));
  Fd file = Raised(Fd(memfd_create("input", MFD_CLOEXEC)));
  if (!file.ok()) return file;
  const ssize_t written = write(file.get(), input.data(), input.size());
  if (written != static_cast<ssize_t>(input.size()) || lseek(file.get(), 0, SEEK_SET) != 0) {
    return Fd();
  }
  return file;
}

struct Pipe {
  Fd read;
  Fd write;
  bool ok() const { return read.ok() && write.ok(); }
};

Pipe MakePipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  Pipe pipe = {.read = Raised(Fd(ends[0])), .write = Raised(Fd(ends[1]))};
  if (pipe.read.ok()) fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

void KillAndReap(pid_t pid) {
  kill(-pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

}  // namespace

absl::StatusOr<std::string> FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  for (const std::string_view folder : Split(kProgramPath, ':')) {
    std::string file = fmt::format("{}/{}", folder, name);
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return Error(absl::StatusCode::kNotFound, fmt::format("{} is not installed", name));
}

absl::StatusOr<Child> Spawn(const std::string& program, const std::vector<std::string>& argv,
                            std::string_view input) {
  const Fd input_file = InputFile(input);
  Pipe output = MakePipe();
  Pipe errors = MakePipe();
  if (!input_file.ok() || !output.ok() || !errors.ok()) {
    return ErrnoStatus(errno == 0 ? ENOMEM : errno, fmt::format("start {}", program));
  }
  Child child;
  Recipe recipe(input_file.get(), output.write.get(), errors.write.get());
  if (const int error = recipe.Spawn(program, argv, child.pid); error != 0) {
    return ErrnoStatus(error, fmt::format("start {}", program));
  }
  child.process = Fd(static_cast<int>(syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.process.ok()) {
    const int error = errno;
    KillAndReap(child.pid);
    return ErrnoStatus(error, fmt::format("watch {}", program));
  }
  child.output = std::move(output.read);
  child.errors = std::move(errors.read);
  return child;
}

}  // namespace rds_csi
