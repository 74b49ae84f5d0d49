// SPDX-License-Identifier: Apache-2.0
#include "host/linux_read_places.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string>

#include "host/test_machine.h"

namespace rds_csi {
namespace {

constexpr size_t kPlaces = 100;
constexpr size_t kSize = 512;

// A file in which each place holds its own letter.
std::string Letters() {
  std::string text;
  for (size_t i = 0; i < kPlaces; ++i) text.append(kSize, static_cast<char>('!' + i % 90));
  return text;
}

// What is read of a file of Letters(), with `beyond` places more than it has.
struct Readings {
  explicit Readings(size_t beyond = 0)
      : buffer((kPlaces + beyond) * kSize, '\0'), fd(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    for (size_t i = 0; i < kPlaces + beyond; ++i) {
      places.push_back({static_cast<int64_t>(i * kSize), buffer.data() + i * kSize, kSize});
    }
    ReadPlaces(fd.get(), places);
  }
  TempDirectory folder;
  const std::string file = folder.File("letters", Letters());
  std::string buffer;
  const Fd fd;
  std::vector<Place> places;
};

TEST(ReadPlacesTest, EachPlaceGetsItsOwn) {
  const Readings readings;
  EXPECT_EQ(readings.buffer, Letters());
  for (const Place& place : readings.places) EXPECT_EQ(place.error, 0);
}

TEST(ReadPlacesTest, WhatLiesBeyondTheEndIsAnError) {
  const Readings readings(1);
  EXPECT_EQ(readings.places[kPlaces - 1].error, 0);
  EXPECT_EQ(readings.places[kPlaces].error, EIO);
}

TEST(ReadPlacesTest, AnErrorIsOfItsPlace) {
  std::string buffer(kSize, '\0');
  std::vector<Place> places = {{0, buffer.data(), kSize}};
  ReadPlaces(-1, places);
  EXPECT_EQ(places[0].error, EBADF);
}

TEST(ReadPlacesTest, WithoutRoomForAsynchronousReadsItIsOneAfterTheOther) {
  for (const uint32_t call : {uint32_t{SYS_io_setup}, uint32_t{SYS_io_submit}}) {
    EXPECT_EQ(WithFailing({.number = call, .flags = 0, .error = EAGAIN},
                          [] { return Readings().buffer == Letters() ? 0 : 1; }),
              0);
  }
}

}  // namespace
}  // namespace rds_csi
