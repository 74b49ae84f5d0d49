// SPDX-License-Identifier: Apache-2.0
// Fixed seeds, and fresh ones for as long as one says; README.md.
//   HISTORY=n           that seed alone, with its whole timeline
//   HISTORY_SECONDS=n   for how long fresh seeds are played; else 60
//   HISTORY_START=n     where they begin; else it is drawn by lot, and printed
//   HISTORY_JOBS=n      so many at once; else 1
//   HISTORY_FAILURES=n  after how many failures to stop; else 3
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "base/text.h"
#include "plan.h"
#include "run.h"
#include "shrink.h"

namespace rds_csi::world::histories {
namespace {

constexpr uint64_t kFixed = 200;  // seeds
constexpr absl::Duration kShrinkTime = absl::Seconds(20);
constexpr absl::Duration kBetweenLines = absl::Seconds(10);

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  const std::optional<int64_t> number = ParseInt64(text);
  if (!number) throw std::invalid_argument(fmt::format("{}: {} is no number", name, text));
  return *number;
}

std::string Told(const Plan& plan) {
  const Outcome outcome = Play(plan, /*told=*/true);
  std::string text = Shown(plan) + "\n";
  for (const std::string& line : outcome.lines) text += line + "\n";
  for (const std::string& breach : outcome.breaches) text += "breach: " + breach + "\n";
  return text;
}

class Histories : public testing::Test {
 protected:
  bool GoesOn() {
    const std::lock_guard lock(mutex_);
    return failures_ < most_failures_;
  }

  void PlaySeed(uint64_t seed) {
    const Outcome outcome = Play(PlanOf(seed));
    {
      const std::lock_guard lock(mutex_);
      counts_.Add(outcome.counts);
      if (outcome.breaches.empty()) return;
      ++failures_;
    }
    ADD_FAILURE() << "HISTORY=" << seed << " build/tests/histories_test\n"
                  << outcome.breaches[0] << "\nas short as it gets:\n"
                  << Told(Shrunk(PlanOf(seed), kShrinkTime));
  }

  void PrintCounts() {
    const std::lock_guard lock(mutex_);
    fmt::print("{}", counts_.Text());
    std::fflush(stdout);
  }

 private:
  const int64_t most_failures_ = FromEnvironment("HISTORY_FAILURES", 3);
  std::mutex mutex_;
  Counts counts_;  // guarded by mutex_, as is the one below
  int64_t failures_ = 0;
};

TEST_F(Histories, OfFixedSeedsAllEndWell) {
  if (std::getenv("HISTORY") != nullptr) {
    const auto seed = static_cast<uint64_t>(FromEnvironment("HISTORY", 0));
    fmt::print("{}", Told(PlanOf(seed)));
    return PlaySeed(seed);
  }
  for (uint64_t seed = 1; seed <= kFixed && GoesOn(); ++seed) PlaySeed(seed);
  PrintCounts();
}

TEST_F(Histories, OfFreshSeedsAllEndWell) {
  const int64_t seconds = FromEnvironment("HISTORY_SECONDS", 60);
  if (std::getenv("HISTORY") != nullptr || seconds == 0) GTEST_SKIP();
  const auto start = static_cast<uint64_t>(
      FromEnvironment("HISTORY_START", static_cast<int64_t>(std::random_device()()) * 1'000'000));
  fmt::print("fresh seeds from HISTORY_START={}\n", start);
  const absl::Time end = absl::Now() + absl::Seconds(seconds);
  std::atomic<uint64_t> next = start;
  const auto play = [&] {
    while (absl::Now() < end && GoesOn()) PlaySeed(next++);
  };
  std::vector<std::jthread> players;
  for (int64_t i = FromEnvironment("HISTORY_JOBS", 1); i > 0; --i) players.emplace_back(play);
  while (absl::Now() + kBetweenLines < end && GoesOn()) {
    absl::SleepFor(kBetweenLines);
    PrintCounts();
  }
  players.clear();
  PrintCounts();
}

TEST_F(Histories, OfOneSeedAreAllTheSame) {
  const Outcome once = Play(PlanOf(7), /*told=*/true);
  EXPECT_EQ(once.lines, Play(PlanOf(7), /*told=*/true).lines);
}

}  // namespace
}  // namespace rds_csi::world::histories
