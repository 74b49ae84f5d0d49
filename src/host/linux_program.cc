// SPDX-License-Identifier: Apache-2.0
#include "host/linux_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/errno_status.h"
#include "base/status.h"
#include "host/linux_child.h"

namespace rds_csi {
namespace {

constexpr size_t kOutputLimit = 1 << 20;

// A file in memory, not a pipe: nobody has to feed it, and a child that reads nothing hurts nobody.
Fd InputFile(std::string_view input) {
  if (input.empty()) return Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Fd file(memfd_create("input", MFD_CLOEXEC));
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
  bool ok() const { return read.ok(); }
};

Pipe MakePipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {.read = Fd(ends[0]), .write = Fd(ends[1])};
}

// Reads what there is; what goes beyond the limit is read too, or the child would wait for ever.
// Closes `stream` at its end.
void Drain(Fd& stream, std::string& text) {
  std::array<char, 16384> buffer;
  while (stream.ok()) {
    const ssize_t count = read(stream.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      stream.Close();
      return;
    }
    text.append(buffer.data(), std::min(static_cast<size_t>(count), kOutputLimit - text.size()));
  }
}

// Waits for output or the child's end; true when it has ended.
bool Await(const Program& program, absl::Duration patience) {
  std::array<pollfd, 3> polled = {{{program.child.process.get(), POLLIN, 0},
                                   {program.output.get(), POLLIN, 0},  // poll(2) skips a -1
                                   {program.errors.get(), POLLIN, 0}}};
  return poll(polled.data(), polled.size(), PollMilliseconds(patience)) > 0 &&
         polled[0].revents != 0;
}

}  // namespace

absl::StatusOr<Program> StartProgram(const std::string& file, const std::vector<std::string>& argv,
                                     std::string_view input) {
  const Fd input_file = InputFile(input);
  Pipe output = MakePipe();
  Pipe errors = MakePipe();
  if (!input_file.ok() || !output.ok() || !errors.ok()) {
    return ErrnoStatus(errno == 0 ? ENOMEM : errno, fmt::format("start {}", file));
  }
  ASSIGN_OR_RETURN(Child child, Spawn(file, argv,
                                      {.input = input_file.get(),
                                       .output = output.write.get(),
                                       .errors = errors.write.get()}));
  return Program{.child = std::move(child),
                 .output = std::move(output.read),
                 .errors = std::move(errors.read)};
}

bool Follow(Program& program, Clock& clock, absl::Time deadline, ExecResult& result) {
  while (true) {
    const absl::Duration patience = deadline - clock.Now();
    const bool ended = Await(program, patience);
    if (!ended && patience <= absl::ZeroDuration()) return false;
    Drain(program.output, result.output);
    Drain(program.errors, result.errors);
    if (ended) return true;
  }
}

}  // namespace rds_csi
