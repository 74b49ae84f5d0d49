// SPDX-License-Identifier: Apache-2.0
// With a sanitizer these are tests of stack_switch.h, too.
#include "fiber.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace rds_csi::world {
namespace {

using testing::ElementsAre;

TEST(FiberTest, GoesOnWhereItPaused) {
  std::vector<std::string> seen;
  Fiber fiber([&] {
    seen.emplace_back("begun");
    Fiber::Pause();
    seen.emplace_back("gone on");
  });
  EXPECT_THAT(seen, ElementsAre());
  fiber.Resume();
  EXPECT_THAT(seen, ElementsAre("begun"));
  EXPECT_FALSE(fiber.ended());
  fiber.Resume();
  EXPECT_THAT(seen, ElementsAre("begun", "gone on"));
  EXPECT_TRUE(fiber.ended());
}

TEST(FiberTest, IsTheCurrentOneWhileItRuns) {
  const Fiber* inside = nullptr;
  Fiber fiber([&] { inside = Fiber::Current(); });
  fiber.Resume();
  EXPECT_EQ(inside, &fiber);
  EXPECT_EQ(Fiber::Current(), nullptr);
}

void PauseAndThrow(const std::string& what) {
  Fiber::Pause();
  throw std::runtime_error(what);
}

TEST(FiberTest, AnExceptionUnwindsItsOwnStackOnly) {
  std::vector<std::string> caught;
  const auto act = [&caught](const std::string& what) {
    try {
      PauseAndThrow(what);
    } catch (const std::runtime_error& error) {
      caught.emplace_back(error.what());
    }
    Fiber::Pause();
  };
  Fiber first([&] { act("first"); });
  Fiber second([&] { act("second"); });
  for (Fiber* fiber : {&first, &second, &second, &first, &first, &second}) fiber->Resume();
  EXPECT_THAT(caught, ElementsAre("second", "first"));
  EXPECT_TRUE(first.ended() && second.ended());
}

// A stack that is used again, with all that a sanitizer knows of it.
TEST(FiberTest, AnyNumberOfThemMayFollowOneAnother) {
  int ended = 0;
  for (int i = 0; i < 200'000; ++i) {
    Fiber fiber([&] { ++ended; });
    fiber.Resume();
  }
  EXPECT_EQ(ended, 200'000);
}

}  // namespace
}  // namespace rds_csi::world
