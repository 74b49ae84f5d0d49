// SPDX-License-Identifier: Apache-2.0
// Every call of every story, disturbed at every effect in every way; README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "case.h"
#include "table.h"

namespace rds_csi::world::crash {
namespace {

constexpr int kMostTold = 5;  // failures of a test; the others are counted

// The start of the names of the cases to run; all, where nothing is said.
std::string_view Picked() {
  const char* picked = std::getenv("CRASH_CASE");
  return picked == nullptr ? "" : picked;
}

std::string Told(const Case& one, const std::vector<std::string>& breaches) {
  std::string text =
      fmt::format("{}, at effect {} ({}): {}; then {}\n", Shown(one.scenario->steps[one.step]),
                  one.effect, one.line, NameOf(one.disturbance), NameOf(one.then));
  for (const std::string& breach : breaches) text += "  " + breach + "\n";
  return text + fmt::format("  alone: CRASH_CASE={} crash_test\n", NameOf(one));
}

class CrashMatrix : public testing::TestWithParam<Scenario> {
 protected:
  void RunAll(Then then) {
    const Baseline baseline = Record(GetParam());
    ASSERT_EQ(baseline.breaches, std::vector<std::string>()) << "without any trouble";
    int failed = 0;
    for (const Case& one : CasesOf(GetParam(), baseline, then)) {
      if (!NameOf(one).starts_with(Picked())) continue;
      CaseTable().Count(std::string(NameOf(GetParam().steps[one.step].verb)),
                        std::string(NameOf(one.disturbance)));
      const std::vector<std::string> breaches = BreachesOf(one, baseline);
      if (breaches.empty()) continue;
      if (++failed <= kMostTold) ADD_FAILURE() << Told(one, breaches);
    }
    EXPECT_EQ(failed, 0) << "cases failed";
  }
};

TEST_P(CrashMatrix, ACallThatIsDisturbedAnywhereIsFinishedByItsRetry) { RunAll(Then::kRetry); }

TEST_P(CrashMatrix, ACallThatIsDisturbedAnywhereCanBeTakenBack) { RunAll(Then::kGiveUp); }

INSTANTIATE_TEST_SUITE_P(Story, CrashMatrix, testing::ValuesIn(AllScenarios()),
                         [](const auto& story) { return story.param.name; });

}  // namespace
}  // namespace rds_csi::world::crash
