// SPDX-License-Identifier: Apache-2.0
#include "node/keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "base/status.h"
#include "node/evict.h"
#include "node/lifeline.h"
#include "node/needs.h"
#include "nvme/connect.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kLongestPause = absl::Seconds(30);  // between two looks
constexpr absl::Duration kShortestPause = absl::Milliseconds(200);
constexpr absl::Duration kFirstConnectPause = absl::Seconds(1);
constexpr absl::Duration kFirstLifelinePause = absl::Seconds(5);
constexpr absl::Duration kLongestLifelinePause = absl::Minutes(10);
constexpr absl::Duration kConnectTime = absl::Seconds(10);
constexpr absl::Duration kLifelineTime = absl::Seconds(15);
constexpr absl::Duration kReachTime = absl::Seconds(3);

unsigned SeedOf(const std::string& text) {
  return static_cast<unsigned>(std::hash<std::string>()(text));
}

Backoff ConnectPauses(const StagedVolume& volume) {
  const auto ceiling = absl::Seconds(volume.timeouts.reconnect_delay_seconds);
  return {std::min(kFirstConnectPause, ceiling), ceiling, SeedOf(volume.id.str())};
}

Backoff LifelinePauses(const StagedVolume& volume) {
  return {kFirstLifelinePause, kLongestLifelinePause, SeedOf(volume.id.str())};
}

// Whether somebody listens there, without the kernel's one lock for all connects.
bool Answers(const Host& host, const HostPort& address) {
  return RunIo(host.exec,
               {"reach", address.host, fmt::to_string(address.port),
                fmt::to_string(absl::ToInt64Milliseconds(kReachTime))},
               "", host.clock.Now() + kReachTime + absl::Seconds(1))
      .ok();
}

}  // namespace

Keeper::Memory::Memory(const StagedVolume& volume)
    : pauses(ConnectPauses(volume)),
      connect_at(absl::InfinitePast()),
      lifeline_pauses(LifelinePauses(volume)),
      lifeline_at(absl::InfinitePast()) {}

Keeper::Keeper(const Node& node, VolumeLocks& locks, size_t workers)
    : node_(node), locks_(locks), workers_(workers), stuck_(node.host.exec) {}

void Keeper::Run(const std::stop_token& stop) {
  Clock& clock = node_.host.clock;
  Events& events = node_.host.events;
  while (!stop.stop_requested()) {
    const uint64_t seen = events.Count();
    const absl::Time next = Tick();
    clock.SleepUntil(clock.Now() + kShortestPause);
    while (!stop.stop_requested() && events.Count() == seen && clock.Now() < next) {
      events.Wait(seen, next);
    }
  }
}

absl::Time Keeper::Tick() {
  if (looking_.exchange(true)) return node_.host.clock.Now() + kShortestPause;
  const absl::Time next = LookAtAll();
  looking_.store(false);
  return next;
}

absl::Time Keeper::LookAtAll() {
  const absl::Time later = node_.host.clock.Now() + kLongestPause;
  const absl::StatusOr<StagedVolumes> staged = node_.staged().List();
  absl::StatusOr<Links> links = FindLinks(node_.host.files);
  if (!staged.ok() || !links.ok())
    return std::min(later, node_.host.clock.Now() + absl::Seconds(5));
  TellDamaged(staged->damaged);
  std::erase_if(memory_, [&](const auto& known) {
    return std::ranges::none_of(
        staged->volumes, [&](const StagedVolume& volume) { return volume.id == known.first; });
  });
  std::vector<Job> jobs = FindJobs(staged->volumes, *links);
  const std::set<std::string> reachable = FindReachable(staged->volumes, jobs);
  for (Job& job : jobs) {
    const auto volume = std::ranges::find(staged->volumes, job.id, &StagedVolume::id);
    job.may_connect = job.may_connect && reachable.contains(ToString(volume->address));
  }
  std::erase_if(jobs, [](const Job& job) { return !job.must && !job.may_connect; });
  DoAll(jobs);
  return std::min(later, NextLook(staged->volumes));
}

void Keeper::TellDamaged(const std::vector<DamagedRecord>& damaged) {
  for (const DamagedRecord& record : damaged) {
    if (!damaged_told_.insert(record.name).second) continue;
    Tell(node_, Reason::kQuarantined, record.name,
         fmt::format("{}; the volume is left alone until it is unstaged, or the record mended",
                     record.reason));
  }
}

bool Keeper::Must(const Memory& memory, const StagedVolume& volume, const Link& link) const {
  if (IsToBeEvicted(volume, link)) return true;
  const absl::Time now = node_.host.clock.Now();
  const bool known_broken = memory.broken_since != absl::InfiniteFuture();
  if (!link.works()) {
    return !known_broken || (IsLost(link) && volume.lost_unix_seconds == 0) ||
           IsGivenUp(volume, link, now);
  }
  return known_broken || volume.lost_unix_seconds != 0 || WantsGrowth(volume, link) ||
         (WantsLifeline(volume, link) && memory.lifeline_at <= now);
}

// Which volumes are worth a lock.
std::vector<Keeper::Job> Keeper::FindJobs(const std::vector<StagedVolume>& volumes, Links& links) {
  const absl::StatusOr<std::vector<Mount>> mounts = node_.host.mounts.List();
  std::vector<Job> jobs;
  for (const StagedVolume& volume : volumes) {
    const Link& link = links[volume.id.Nqn()];
    if (!IsKept(volume) && !IsToBeEvicted(volume, link)) continue;
    Memory& memory = memory_.try_emplace(volume.id, volume).first->second;
    const bool connect = !link.works() && IsLost(link) && mounts.ok() &&
                         memory.connect_at <= node_.host.clock.Now() &&
                         MayConnect(volume, link, *mounts);
    const bool must = Must(memory, volume, link);
    if (must || connect) jobs.push_back({volume.id, &memory, must, connect});
  }
  return jobs;
}

// The addresses, of those that are to be connected to, where somebody listens.
std::set<std::string> Keeper::FindReachable(const std::vector<StagedVolume>& volumes,
                                            const std::vector<Job>& jobs) {
  std::map<std::string, HostPort> wanted;
  for (const Job& job : jobs) {
    const auto volume = std::ranges::find(volumes, job.id, &StagedVolume::id);
    if (job.may_connect) wanted.emplace(ToString(volume->address), volume->address);
  }
  std::set<std::string> reachable;
  for (const auto& [name, address] : wanted) {
    Address& known =
        addresses_
            .try_emplace(name, Address{Backoff(kFirstConnectPause, absl::Seconds(5), SeedOf(name)),
                                       absl::InfinitePast()})
            .first->second;
    if (known.ask_at > node_.host.clock.Now()) continue;
    if (Answers(node_.host, address)) {
      addresses_.erase(name);
      reachable.insert(name);
    } else {
      known.ask_at = node_.host.clock.Now() + known.pauses.Next();
    }
  }
  return reachable;
}

void Keeper::DoAll(const std::vector<Job>& jobs) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < jobs.size(); i = next++) Do(jobs[i]);
  };
  std::vector<std::jthread> helpers;
  for (size_t i = 1; i < std::min(workers_, jobs.size()); ++i) helpers.emplace_back(work);
  work();
}

void Keeper::Do(const Job& job) {
  const absl::StatusOr<VolumeLocks::Lock> lock =
      locks_.TryLockInBackground(job.id.str(), "the keeper");
  if (!lock.ok() || !stuck_.Check(job.id).ok()) return;
  const absl::Status done = Act(job);
  if (stuck_.Note(job.id, done)) {
    Tell(node_, Reason::kQuarantined, job.id.str(),
         fmt::format("while its connection was looked after: {}", Message(done)));
  }
}

// What was seen without the lock may be over by now.
absl::Status Keeper::Act(const Job& job) {
  ASSIGN_OR_RETURN(std::optional<StagedVolume> volume, node_.staged().Find(job.id));
  if (!volume) return absl::OkStatus();
  if (!IsKept(*volume)) {
    return FinishEviction(node_, *volume, node_.host.clock.Now() + kLifelineTime);
  }
  ASSIGN_OR_RETURN(const Link link, FindLink(node_.host.files, job.id.Nqn()));
  return link.works() ? KeepWorking(job, *volume, link) : KeepLost(job, *volume, link);
}

absl::Status Keeper::KeepWorking(const Job& job, StagedVolume& volume, const Link& link) {
  Memory& memory = *job.memory;
  Clock& clock = node_.host.clock;
  RETURN_IF_ERROR(NoteReturn(memory, volume));
  RETURN_IF_ERROR(NoteDevice(volume, link));
  const absl::Time deadline = clock.Now() + kLifelineTime;
  if (WantsGrowth(volume, link)) {
    RETURN_IF_ERROR(GrowLifeline(node_, volume, *link.device, deadline));
  }
  if (!WantsLifeline(volume, link) || memory.lifeline_at > clock.Now()) return absl::OkStatus();
  memory.lifeline_at = clock.Now() + memory.lifeline_pauses.Next();
  RETURN_IF_ERROR(MakeLifeline(node_, volume, *link.device, deadline));
  if (volume.lifeline == Lifeline::kAnchor) {
    memory.lifeline_pauses = LifelinePauses(volume);
    memory.lifeline_at = absl::InfinitePast();
  }
  return absl::OkStatus();
}

absl::Status Keeper::KeepLost(const Job& job, StagedVolume& volume, const Link& link) {
  RETURN_IF_ERROR(NoteBroken(*job.memory, volume, link));
  if (!IsLost(link)) return absl::OkStatus();  // the kernel is at it
  if (IsGivenUp(volume, link, node_.host.clock.Now())) {
    return GiveUp(node_, volume, node_.host.clock.Now() + kLifelineTime);
  }
  return job.may_connect ? ConnectAgain(job, volume, link) : absl::OkStatus();
}

absl::Status Keeper::NoteBroken(Memory& memory, StagedVolume& volume, const Link& link) {
  const absl::Time now = node_.host.clock.Now();
  const bool told = memory.broken_since != absl::InfiniteFuture() || volume.lost_unix_seconds != 0;
  if (!told) {
    Tell(node_, Reason::kConnectionFailure, volume,
         fmt::format("volume {}: the connection to the RDS at {} is broken; its I/O {}",
                     volume.id.str(), ToString(volume.address),
                     link.device ? "waits until it is back" : "fails"));
  }
  memory.broken_since = std::min(memory.broken_since, now);
  if (!IsLost(link) || volume.lost_unix_seconds != 0) return absl::OkStatus();
  volume.lost_unix_seconds = absl::ToUnixSeconds(now);
  return node_.staged().Put(volume);
}

absl::Status Keeper::NoteReturn(Memory& memory, StagedVolume& volume) {
  if (memory.broken_since == absl::InfiniteFuture() && volume.lost_unix_seconds == 0) {
    return absl::OkStatus();
  }
  absl::Time since = memory.broken_since;
  if (volume.lost_unix_seconds != 0) {
    since = std::min(since, absl::FromUnixSeconds(volume.lost_unix_seconds));
    volume.lost_unix_seconds = 0;
    RETURN_IF_ERROR(node_.staged().Put(volume));
  }
  const absl::Duration away = absl::Trunc(node_.host.clock.Now() - since, absl::Seconds(1));
  memory = Memory(volume);
  Tell(node_, Reason::kConnectionRecovery, volume,
       fmt::format("volume {} is connected to the RDS at {} again, after {}", volume.id.str(),
                   ToString(volume.address), absl::FormatDuration(away)));
  return absl::OkStatus();
}

// A block volume that came back under another number: whoever opens it from now on gets that one. A
// filesystem is of the device that it is mounted from.
absl::Status Keeper::NoteDevice(StagedVolume& volume, const Link& link) {
  return volume.block ? node_.staged().PutDevice(volume, link.device->number) : absl::OkStatus();
}

absl::Status Keeper::ConnectAgain(const Job& job, StagedVolume& volume, const Link& link) {
  const Host& host = node_.host;
  ASSIGN_OR_RETURN(const std::vector<Mount> mounts, host.mounts.List());
  if (!MayConnect(volume, link, mounts)) return absl::OkStatus();
  const absl::StatusOr<Connection> connection =
      Connect(host, TargetOf(volume), host.clock.Now() + kConnectTime, OrphanOf(volume, link));
  job.memory->connect_at = host.clock.Now() + job.memory->pauses.Next();
  if (!connection.ok()) return connection.status();
  if (volume.lifeline == Lifeline::kGivenUp) volume.lifeline = Lifeline::kWanted;
  ASSIGN_OR_RETURN(const Link now, FindLink(host.files, volume.id.Nqn()));
  return now.works() ? KeepWorking(job, volume, now) : absl::OkStatus();
}

absl::Time Keeper::NextLook(const std::vector<StagedVolume>& volumes) const {
  const absl::Time now = node_.host.clock.Now();
  absl::Time next = absl::InfiniteFuture();
  for (const StagedVolume& volume : volumes) {
    const auto memory = memory_.find(volume.id);
    if (memory == memory_.end()) continue;
    const bool broken = memory->second.broken_since != absl::InfiniteFuture();
    // One that is broken is looked at every second: its patience, or its address, may be due.
    if (broken) next = std::min(next, now + absl::Seconds(1));
    if (memory->second.lifeline_at > now) next = std::min(next, memory->second.lifeline_at);
  }
  return next;
}

}  // namespace rds_csi
