// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace rds_csi::world::crash {
namespace {

constexpr int kFiveMinutes = 300;  // less than the callers go on asking

using Steps = std::vector<Step>;

Steps operator+(Steps first, const Steps& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

constexpr Step Refused(Step step) {
  step.refused = true;
  return step;
}

Steps Begun(int worker = 1) {
  return {{Verb::kAttach, worker}, {Verb::kStage, worker}, {Verb::kPublish, worker}};
}

Steps Ended(int worker = 1) {
  return {{Verb::kUnpublish, worker}, {Verb::kUnstage, worker}, {Verb::kDetach, worker}};
}

Steps Life() {
  return {{Verb::kCreate},        {Verb::kAttach}, {Verb::kStage},     {Verb::kPublish},
          {Verb::kPublish, 1, 2}, {Verb::kWrite},  {Verb::kExpand},    {Verb::kExpandOnNode},
          {Verb::kUsage},         {Verb::kHealth}, {Verb::kUnpublish}, {Verb::kUnpublish, 1, 2},
          {Verb::kUnstage},       {Verb::kDetach}, {Verb::kDelete}};
}

// The same volume is attached to the same worker after somebody else has changed it (STL-8): what
// the worker still holds of the first time is older than what is on the volume.
Steps AttachedAgain() {
  return Steps{{Verb::kCreate}} + Begun(1) +
         Steps{{Verb::kWrite, 1}, {Verb::kUnplug, 1}, {Verb::kDetach, 1}} + Begun(2) +
         Steps{{Verb::kWrite, 2}} + Ended(2) + Steps{{Verb::kPlug, 1}} +
         Steps{{Verb::kAttach, 1},
               {Verb::kUnpublish, 1},
               {Verb::kStage, 1},
               {Verb::kPublish, 1},
               {Verb::kWrite, 1}} +
         Ended(1) + Steps{{Verb::kDelete}};
}

// worker-1 hangs and is taken from the cluster; its kernel may still write to the volume, unless
// its network is gone, too. Much later it is there again, its mounts and all.
Steps TakenOver(const Steps& network_gone, const Steps& network_back) {
  return Steps{{Verb::kCreate}} + Begun(1) +
         Steps{{Verb::kWrite, 1}, Refused({Verb::kAttach, 2}), {Verb::kRemoveNode, 1}} +
         network_gone + Begun(2) + Steps{{Verb::kWrite, 2}} + network_back +
         Steps{{Verb::kGiveUp, 1},  {Verb::kKeep, 1},      {Verb::kWaitForLong}, {Verb::kKeep, 1},
               {Verb::kAddNode, 1}, {Verb::kUnpublish, 1}, {Verb::kUnstage, 1}} +
         Ended(2) + Steps{{Verb::kDelete}};
}

Steps Migrated() {
  return Steps{{Verb::kCreate}} + Begun(1) + Begun(2) + Ended(1) + Ended(2) +
         Steps{{Verb::kDelete}};
}

// The network is gone just when the pod ends: what it wrote waits, and must not be thrown away, not
// even by a plugin that knows nothing but the record.
Steps EndedWithoutNetwork() {
  return Steps{{Verb::kCreate}} + Begun() + Steps{{Verb::kWrite},     {Verb::kUnpublish},
                                                  {Verb::kUnplug},    Refused({Verb::kUnstage}),
                                                  {Verb::kStartNode}, Refused({Verb::kUnstage}),
                                                  {Verb::kPlug},      {Verb::kUnstage},
                                                  {Verb::kDetach},    {Verb::kDelete}};
}

Steps LostAndKept() {
  return Steps{{Verb::kCreate}} + Begun() +
         Steps{{Verb::kWrite}, {Verb::kUnplug}, {Verb::kGiveUp}, {Verb::kKeep},
               {Verb::kPlug},  {Verb::kKeep},   {Verb::kHealth}} +
         Ended() + Steps{{Verb::kDelete}};
}

// The device is gone with its connection, and the pod is started anew.
Steps LostAndRecovered() {
  return Steps{{Verb::kCreate}} + Begun() +
         Steps{{Verb::kUnplug},
               {Verb::kGiveUp},
               {Verb::kPlug},
               {Verb::kUnpublish},
               {Verb::kPublish}} +
         Ended() + Steps{{Verb::kDelete}};
}

// kubelet asks too early, and a process outside of every pod has the device open.
Steps InUse() {
  return Steps{{Verb::kCreate}} + Begun() +
         Steps{{Verb::kOpen},  {Verb::kUnpublish}, Refused({Verb::kUnstage}),
               {Verb::kClose}, {Verb::kUnstage},   {Verb::kDetach},
               {Verb::kDelete}};
}

Steps Restarted() {
  return Steps{{Verb::kCreate}} + Begun() +
         Steps{{Verb::kStartNode}, {Verb::kKeep}, {Verb::kReconcile}} + Ended() +
         Steps{{Verb::kDelete}};
}

constexpr RosBehaviour kList = {.allow_host_is_list = true, .allow_host_drops_sessions = false};
constexpr RosBehaviour kListDrops = {.allow_host_is_list = true, .allow_host_drops_sessions = true};

std::vector<Scenario> Lives() {
  return {
      {"Ext4", "ext4", 0, false, false, {}, Life()},
      {"Ext4Anchored", "ext4", kFiveMinutes, false, false, {}, Life()},
      {"XfsAnchored", "xfs", kFiveMinutes, false, false, {}, Life()},
      {"Block", "", 0, false, false, {}, Life()},
      {"BlockAnchored", "", kFiveMinutes, false, false, {}, Life()},
      {"Ext4ReadOnly",
       "ext4",
       0,
       false,
       true,
       {},
       Steps{{Verb::kCreate}} + Begun() + Ended() + Steps{{Verb::kDelete}}},
      {"BlockReadOnly",
       "",
       0,
       false,
       true,
       {},
       Steps{{Verb::kCreate}} + Begun() + Ended() + Steps{{Verb::kDelete}}},
  };
}

std::vector<Scenario> Troubles() {
  return {
      {"Migrated", "", kFiveMinutes, true, false, kList, Migrated()},
      {"MigratedWhereSessionsDrop", "", 0, true, false, kListDrops, Migrated()},
      {"MigratedWithoutHostLists", "", 0, true, false, {}, Migrated()},
      {"TakenOver", "ext4", kFiveMinutes, false, false, {}, TakenOver({}, {})},
      {"TakenOverWithoutNetwork",
       "ext4",
       kFiveMinutes,
       false,
       false,
       {},
       TakenOver({{Verb::kUnplug, 1}}, {{Verb::kPlug, 1}})},
      {"AttachedAgain", "ext4", kFiveMinutes, false, false, {}, AttachedAgain()},
      {"AttachedAgainWithoutAnchors", "ext4", 0, false, false, {}, AttachedAgain()},
      {"EndedWithoutNetwork", "ext4", kFiveMinutes, false, false, {}, EndedWithoutNetwork()},
      {"LostAndKept", "ext4", kFiveMinutes, false, false, {}, LostAndKept()},
      {"LostAndRecovered", "ext4", 0, false, false, {}, LostAndRecovered()},
      {"InUse", "ext4", kFiveMinutes, false, false, {}, InUse()},
      {"Restarted", "xfs", kFiveMinutes, false, false, {}, Restarted()},
  };
}

}  // namespace

bool IsDisturbed(Verb verb) { return verb <= Verb::kReconcile; }

Claim Scenario::claim() const {
  return {.id = *VolumeId::Parse("pvc-1"),
          .fs_type = fs_type,
          .shared = shared,
          .read_only = read_only,
          .volume_context = {},
          .publish_contexts = {},
          .let_go = {}};
}

std::string Shown(const Step& step) {
  std::string text(NameOf(step.verb));
  const bool of_worker =
      IsOfNode(step.verb) || step.verb == Verb::kAttach || step.verb == Verb::kDetach;
  if (of_worker) text += fmt::format(" on worker-{}", step.worker);
  if (step.place > 1) text += fmt::format(" at place {}", step.place);
  return text;
}

const std::vector<Scenario>& AllScenarios() {
  static const std::vector<Scenario> scenarios = [] {
    std::vector<Scenario> all = Lives();
    std::ranges::move(Troubles(), std::back_inserter(all));
    return all;
  }();
  return scenarios;
}

void PrintTo(const Scenario& scenario, std::ostream* stream) { *stream << scenario.name; }

}  // namespace rds_csi::world::crash
