// SPDX-License-Identifier: Apache-2.0
// rds-csi-io: acts on storage, in a process that can be killed. host/io_protocol.h has the verbs
// and what comes back.
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "host/exec_result.h"
#include "host/io_messages.h"
#include "host/linux_outcome.h"
#include "host/linux_read.h"
#include "io/serve.h"
#include "io/verbs.h"

namespace rds_csi {
namespace {

constexpr size_t kInputLimit = 1 << 20;

void Print(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return;  // the reader has gone, and the exit status with it
    text.remove_prefix(static_cast<size_t>(written));
  }
}

ExecResult ActOnce(const std::vector<std::string>& words) {
  Outcome input;
  if (TakesInput(words)) input = ReadRest(STDIN_FILENO, "standard input", kInputLimit);
  if (!input.ok()) return FailedAnswer(input.error, input.text);
  return Act({.words = words, .input = input.text});
}

int Run(const std::vector<std::string>& words) {
  if (words == std::vector<std::string>{"serve"}) return Serve(STDIN_FILENO);
  const ExecResult answer = ActOnce(words);
  Print(STDOUT_FILENO, answer.output);
  Print(STDERR_FILENO, answer.errors);
  return answer.exit_code;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  // A mount that comes about after the driver that asked for it died would surprise its successor.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // What one act needed is not kept for the next: large pieces go back to the kernel at once.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_ARENA_MAX, 1);
  return rds_csi::Run({argv + 1, argv + argc});
}
