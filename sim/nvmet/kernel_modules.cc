// SPDX-License-Identifier: Apache-2.0
#include "sim/nvmet/kernel_modules.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace rds_csi::sim {
namespace {

// What modprobe says is not shown: a module that is built in is none to it.
void Modprobe() {
  std::array<std::string, 4> words = {"modprobe", "-a", "nvmet-tcp", "loop"};
  std::array<char*, 5> arguments = {words[0].data(), words[1].data(), words[2].data(),
                                    words[3].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  if (posix_spawnp(&child, "modprobe", &actions, nullptr, arguments.data(), environ) == 0) {
    waitpid(child, nullptr, 0);
  }
  posix_spawn_file_actions_destroy(&actions);
}

}  // namespace

absl::Status ProvideNvmet(const std::string& root) {
  const bool loops = access("/dev/loop-control", F_OK) == 0;
  if (access(root.c_str(), W_OK) != 0 || !loops) Modprobe();
  if (access(root.c_str(), W_OK) == 0) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("--export nvmet: {} is not there or not writable: it takes root, the kernel's "
                  "nvmet-tcp module and configfs mounted; --export none does without",
                  root));
}

}  // namespace rds_csi::sim
