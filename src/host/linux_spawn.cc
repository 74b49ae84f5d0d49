// SPDX-License-Identifier: Apache-2.0
#include "host/linux_spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

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

// Above the standard streams, so that no dup2(2) of the child overwrites what a later one needs.
Fd Raised(int fd) { return Fd(fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)); }

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
                            const Streams& streams) {
  const Fd input = Raised(streams.input);
  const Fd output = Raised(streams.output);
  const Fd errors = Raised(streams.errors);
  if (!input.ok() || !output.ok() || !errors.ok()) {
    return ErrnoStatus(errno, fmt::format("start {}", program));
  }
  Child child;
  Recipe recipe(input.get(), output.get(), errors.get());
  if (const int error = recipe.Spawn(program, argv, child.pid); error != 0) {
    return ErrnoStatus(error, fmt::format("start {}", program));
  }
  child.process = Fd(static_cast<int>(syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.process.ok()) {
    const int error = errno;
    KillAndReap(child.pid);
    return ErrnoStatus(error, fmt::format("watch {}", program));
  }
  return child;
}

}  // namespace rds_csi
