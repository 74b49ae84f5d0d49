// SPDX-License-Identifier: Apache-2.0
// An anchor whose making, growing or removing is cut off at any act: by the end of the process, or
// by an act that fails.
#include <functional>

#include "nvme/anchor_fixture.h"

namespace rds_csi {
namespace {

struct Killed {};

// Runs `act` and ends it before its `number`th effect, as kill -9 would. False: it had fewer.
bool KillBefore(size_t number, FakeHost& machine, const std::function<void()>& act) {
  size_t effects = 0;
  machine.SetOnEffect([&](const std::string&) {
    if (++effects == number) throw Killed();
  });
  bool killed = false;
  try {
    act();
  } catch (const Killed&) {
    killed = true;
  }
  machine.SetOnEffect(nullptr);
  return killed;
}

// Calls `check` with every number of an effect, until it answers that there was none.
void ForEveryEffect(const std::function<bool(size_t)>& check) {
  size_t number = 1;
  while (check(number)) ++number;
  EXPECT_GT(number, 4u);
}

TEST(AnchorCutOff, STL_7_TheNextCallCompletesAnAnchorThatWasCutOffAnywhere) {
  ForEveryEffect([](size_t number) {
    AnchorWorld world;
    const bool killed = KillBefore(number, world.machine_, [&] { world.Make().IgnoreError(); });
    EXPECT_TRUE(world.Make().ok()) << number;
    EXPECT_TRUE(world.HasAnchorPath()) << number;
    EXPECT_THAT(world.machine_.ControllersOf(kNqn), testing::SizeIs(2)) << number;
    EXPECT_TRUE(world.Remove().ok()) << number;
    world.ExpectNoTraceOfAnchors();
    return killed;
  });
}

TEST(AnchorCutOff, WhatIsLeftOfAnAnchorThatWasCutOffAnywhereIsFoundAndRemoved) {
  ForEveryEffect([](size_t number) {
    AnchorWorld world;
    const bool killed = KillBefore(number, world.machine_, [&] { world.Make().IgnoreError(); });
    const bool touched = !world.machine_.journal().empty();
    EXPECT_EQ(FindAnchors(world.machine_.host().files)->size(), touched ? 1u : 0u) << number;
    EXPECT_TRUE(world.Remove().ok()) << number;
    world.ExpectNoTraceOfAnchors();
    EXPECT_THAT(world.machine_.DevicesOf(kNqn), testing::SizeIs(1)) << number;
    return killed;
  });
}

TEST(AnchorCutOff, ARemovalThatWasCutOffAnywhereIsCompleted) {
  ForEveryEffect([](size_t number) {
    AnchorWorld world;
    EXPECT_TRUE(world.Make().ok());
    const bool killed = KillBefore(number, world.machine_, [&] { world.Remove().IgnoreError(); });
    EXPECT_TRUE(world.Remove().ok()) << number;
    world.ExpectNoTraceOfAnchors();
    return killed;
  });
}

TEST(AnchorCutOff, AfterARemovalThatWasCutOffAnywhereAnAnchorCanBeMade) {
  ForEveryEffect([](size_t number) {
    AnchorWorld world;
    EXPECT_TRUE(world.Make().ok());
    const bool killed = KillBefore(number, world.machine_, [&] { world.Remove().IgnoreError(); });
    EXPECT_TRUE(world.Make().ok()) << number;
    EXPECT_TRUE(world.HasAnchorPath()) << number;
    return killed;
  });
}

TEST(AnchorCutOff, STL_7_GrowingThatWasCutOffAnywhereIsCompleted) {
  for (const bool shrunk_before : {false, true}) {
    size_t number = 1;
    for (bool killed = true; killed; ++number) {
      AnchorWorld world;
      EXPECT_TRUE(world.Make().ok());
      world.machine_.target(kNqn).size_bytes = 2 * kSize;
      world.machine_.AnnounceSize(kNqn);
      const std::string look = std::string(kSubsystem) + "/namespaces/1/revalidate_size";
      EXPECT_TRUE(!shrunk_before || world.files().Write(look, "1").ok());
      world.machine_.WriteUnsynced(kNqn);
      killed = KillBefore(number, world.machine_, [&] { world.Grow(0).IgnoreError(); });
      EXPECT_TRUE(world.Grow(0).ok()) << number;
      EXPECT_EQ(world.Device().size_bytes, 2 * kSize) << number;
      EXPECT_EQ(world.Paths()[1].size_bytes, 2 * kSize) << number;
      EXPECT_EQ(world.HasIoWaiting(), false) << number;
      EXPECT_EQ(world.machine_.ReadFile("/sys/block/dm-0/dm/suspended"), "0\n") << number;
    }
    EXPECT_GT(number, 4u);  // load, resume, revalidate_size at least
  }
}

TEST(AnchorCutOff, AnActThatFailsAnywhereLeavesNothing) {
  AnchorWorld whole;
  ASSERT_TRUE(whole.Make().ok());
  for (const std::string& act : whole.machine_.journal()) {
    AnchorWorld world;
    world.machine_.FailOn(act, EIO);
    EXPECT_FALSE(world.Make().ok()) << act;
    world.machine_.StopFailing();
    world.ExpectNoTraceOfAnchors();
    EXPECT_THAT(world.machine_.DevicesOf(kNqn), testing::SizeIs(1)) << act;
  }
}

TEST(AnchorCutOff, AnActThatWasDoneAndNotLearntOfAnywhereLeavesNothing) {
  AnchorWorld whole;
  ASSERT_TRUE(whole.Make().ok());
  for (const std::string& act : whole.machine_.journal()) {
    AnchorWorld world;
    world.machine_.FailOnceAfter(act, EIO);
    if (world.Make().ok()) continue;
    world.ExpectNoTraceOfAnchors();
  }
}

}  // namespace
}  // namespace rds_csi
