// SPDX-License-Identifier: Apache-2.0
#include "host/linux_read_places.h"

#include <linux/aio_abi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace rds_csi {
namespace {

constexpr int kMostAtOnce = 128;

// Linux's asynchronous reads (io_submit(2)), which containers may use, unlike io_uring.
class Reads {
 public:
  Reads() { syscall(SYS_io_setup, kMostAtOnce, &context_); }
  Reads(const Reads&) = delete;
  Reads& operator=(const Reads&) = delete;
  ~Reads() { syscall(SYS_io_destroy, context_); }

  // Starts what can be, and waits for it. What was read in full is marked in `done`.
  void Run(int fd, const std::vector<Place>& places, std::vector<bool>& done) {
    std::vector<iocb> reads(places.size());
    std::vector<iocb*> list;
    for (size_t i = 0; i < places.size(); ++i) {
      reads[i].aio_data = i;
      reads[i].aio_lio_opcode = IOCB_CMD_PREAD;
      reads[i].aio_fildes = static_cast<uint32_t>(fd);
      reads[i].aio_buf = reinterpret_cast<uint64_t>(places[i].buffer);
      reads[i].aio_nbytes = places[i].size;
      reads[i].aio_offset = places[i].offset;
      list.push_back(&reads[i]);
    }
    long running = syscall(SYS_io_submit, context_, list.size(), list.data());
    while (running > 0) running -= Collect(places, done);
  }

 private:
  long Collect(const std::vector<Place>& places, std::vector<bool>& done) {
    std::array<io_event, 32> events;
    const long count =
        syscall(SYS_io_getevents, context_, 1, events.size(), events.data(), nullptr);
    for (long i = 0; i < count; ++i) {
      const io_event& event = events[static_cast<size_t>(i)];
      done[event.data] = event.res == static_cast<int64_t>(places[event.data].size);
    }
    return count > 0 ? count : 0;
  }

  aio_context_t context_ = 0;
};

void ReadPlace(int fd, Place& place) {
  size_t had = 0;
  while (had < place.size) {
    const auto offset = place.offset + static_cast<int64_t>(had);
    const ssize_t count = pread(fd, place.buffer + had, place.size - had, offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      place.error = count == 0 ? EIO : errno;
      return;
    }
    had += static_cast<size_t>(count);
  }
}

}  // namespace

void ReadPlaces(int fd, std::vector<Place>& places) {
  std::vector<bool> done(places.size());
  // Kept, for to destroy it is to wait for the kernel's RCU: some 30 ms.
  static thread_local Reads reads;
  reads.Run(fd, places, done);
  // One after the other where the kernel has no more room for asynchronous reads, and once more
  // what failed, which tells why.
  for (size_t i = 0; i < places.size(); ++i) {
    if (!done[i]) ReadPlace(fd, places[i]);
  }
}

}  // namespace rds_csi
