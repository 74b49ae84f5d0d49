// SPDX-License-Identifier: Apache-2.0
#include "host/linux_probe.h"

#include <blkid/blkid.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "host/linux_device.h"
#include "host/linux_read_places.h"

namespace rds_csi {
namespace {

constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kEnd = kMiB / 2;    // what libblkid reads of each end, looking for ZFS
constexpr int64_t kAlignment = 4096;  // enough for O_DIRECT on any logical block size

// Between the ends: so many places of this length, evenly spread. XFS has a superblock at each
// quarter. ext4 keeps its first copy of the superblock in block group 1, which begins here for
// blocks of 1, 2 and 4 KiB.
constexpr int64_t kSamples = 64;
constexpr int64_t kSampleLength = 16 << 10;
constexpr std::array<int64_t, 3> kExt4Copies = {8 * kMiB, 32 * kMiB, 128 * kMiB};

// blkid_do_safeprobe(3)
constexpr int kNothingFound = 1;
constexpr int kAmbivalent = -2;

using Probe = std::unique_ptr<blkid_struct_probe, decltype(&blkid_free_probe)>;

std::string_view Value(const Probe& probe, const char* name) {
  const char* value = nullptr;
  size_t size = 0;
  if (blkid_probe_lookup_value(probe.get(), name, &value, &size) != 0) return {};
  return value;
}

bool SetUp(const Probe& probe, int fd) {
  return probe != nullptr && blkid_probe_set_device(probe.get(), fd, 0, 0) == 0 &&
         blkid_probe_enable_superblocks(probe.get(), 1) == 0 &&
         blkid_probe_set_superblocks_flags(
             probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE | BLKID_SUBLKS_BADCSUM) == 0 &&
         blkid_probe_enable_partitions(probe.get(), 1) == 0 &&
         blkid_probe_set_partitions_flags(probe.get(), BLKID_PARTS_MAGIC | BLKID_PARTS_FORCE_GPT) ==
             0;
}

std::string Describe(const Probe& probe) {
  const std::string_view type = Value(probe, "TYPE");
  const std::string_view table = Value(probe, "PTTYPE");
  if (!type.empty() && !table.empty()) {
    return fmt::format("other ambivalent: {} and a {} partition table", type, table);
  }
  if (!table.empty()) return fmt::format("other {} partition table", table);
  if (Value(probe, "USAGE") == "filesystem") return fmt::format("filesystem {}", type);
  return fmt::format("other {}", type.empty() ? "signature without a name" : type);
}

int64_t AlignDown(int64_t offset) { return offset / kAlignment * kAlignment; }

struct Free {
  void operator()(char* memory) const { std::free(memory); }
};
using Buffer = std::unique_ptr<char, Free>;

// Both ends, then the places between them.
std::vector<Place> PlacesToLookAt(int64_t size) {
  const int64_t tail = AlignDown(std::max<int64_t>(0, size - kMiB));
  std::vector<Place> places;
  const auto add = [&places](int64_t begin, int64_t end) {
    if (begin < end) places.push_back({begin, nullptr, static_cast<size_t>(end - begin)});
  };
  const auto sample = [&](int64_t place) {
    add(AlignDown(place), std::min(AlignDown(place) + kSampleLength, tail));
  };
  add(0, std::min(size, kMiB));
  add(tail, size);
  for (const int64_t copy : kExt4Copies) sample(copy);
  for (int64_t i = 1; i < kSamples; ++i) sample(size / kSamples * i);
  return places;
}

// Room for all of them, each at an aligned place. Null: no memory.
Buffer GiveRoom(std::vector<Place>& places) {
  const auto room = [](const Place& place) {
    return AlignDown(static_cast<int64_t>(place.size) + kAlignment - 1);
  };
  int64_t total = 0;
  for (const Place& place : places) total += room(place);
  Buffer buffer(static_cast<char*>(std::aligned_alloc(kAlignment, static_cast<size_t>(total))));
  char* next = buffer.get();
  for (Place& place : places) next = (place.buffer = next) + room(place);
  return buffer;
}

std::optional<int64_t> FirstData(const Place& place) {
  const std::string_view bytes = place.text();
  // All bytes equal their neighbour, and the first is zero: memcmp is ten times a loop's speed.
  if (bytes[0] == 0 && bytes.substr(1) == bytes.substr(0, bytes.size() - 1)) return std::nullopt;
  return place.offset + static_cast<int64_t>(bytes.find_first_not_of('\0'));
}

// Past the page cache: what counts is what the storage holds. Opened anew, since the kernel may let
// go of a file a moment after its asynchronous reads are answered, and nothing but the exclusive
// one keeps mkfs from the device.
Outcome LookForData(const std::string& device, int64_t size) {
  Fd fd;
  if (Outcome outcome = OpenDevice(device, O_DIRECT, fd); !outcome.ok()) return outcome;
  std::vector<Place> places = PlacesToLookAt(size);
  const Buffer buffer = GiveRoom(places);
  if (buffer == nullptr) return Failed(ENOMEM, fmt::format("read {}", device));
  ReadPlaces(fd.get(), places);
  int error = 0;
  std::optional<int64_t> found;
  for (const Place& place : places) {
    if (place.error != 0) {
      error = place.error;
    } else if (const auto data = FirstData(place); data && (!found || *data < *found)) {
      found = data;
    }
  }
  if (found) return Done(fmt::format("data {}\n", *found));
  if (error != 0) return Failed(error, fmt::format("read {}", device));
  return Done("blank\n");
}

// libblkid reads all of both ends in small pieces, one after the other. The kernel gets them at
// once.
void FetchEnds(int fd, int64_t size) {
  posix_fadvise(fd, 0, kEnd, POSIX_FADV_WILLNEED);
  posix_fadvise(fd, std::max<int64_t>(0, size - kEnd), kEnd, POSIX_FADV_WILLNEED);
}

}  // namespace

Outcome ProbeDevice(const std::string& device) {
  Fd fd;
  if (Outcome outcome = OpenDevice(device, O_EXCL, fd); !outcome.ok()) return outcome;
  // Somebody here may have kept the device open, and with it in memory what another machine has
  // written over since.
  posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  // libblkid jumps about; what it does not ask for is not worth reading over a slow link.
  posix_fadvise(fd.get(), 0, 0, POSIX_FADV_RANDOM);
  const Probe probe(blkid_new_probe(), &blkid_free_probe);
  errno = 0;
  if (!SetUp(probe, fd.get())) return Failed(errno, fmt::format("set up a probe of {}", device));
  const int64_t size = blkid_probe_get_size(probe.get());
  if (size <= 0) return Failed(EIO, fmt::format("probe {}: it has no size", device));

  FetchEnds(fd.get(), size);
  errno = 0;  // libblkid answers "nothing found" with an errno when it could not read
  const int result = blkid_do_safeprobe(probe.get());
  if (result == 0) return Done(Describe(probe) + "\n");
  if (result == kAmbivalent) return Done("other ambivalent\n");
  if (result != kNothingFound || errno != 0) {
    return Failed(errno, fmt::format("probe {}", device));
  }
  return LookForData(device, size);
}

}  // namespace rds_csi
