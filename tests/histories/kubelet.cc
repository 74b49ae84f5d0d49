// SPDX-License-Identifier: Apache-2.0
// The part of Callers that is kubelet.
#include <algorithm>
#include <utility>

#include "callers.h"

namespace rds_csi::world::histories {
namespace {

constexpr absl::Duration kKubeletTime = absl::Minutes(2);

// What is left of an earlier VolumeAttachment: one kubelet unstages it first, another, which does
// not know of it any more, stages the volume anew.
bool StagesOver(const Pairing& pairing) { return pairing.attachment % 2 == 0; }

// kubelet makes anew what may have been taken down in part.
void NoteTakenDown(Belief& belief, const absl::Status& answer) {
  belief = answer.ok() ? Belief::kNo : std::min(belief, Belief::kMaybe);
}

}  // namespace

std::optional<Callers::Request> Callers::NextOfKubelet(int volume, int worker) {
  Pairing& pairing = objects_.volume(volume).on(worker);
  if (!datacenter_.IsPowered(worker)) return std::nullopt;
  if (SeesApi(worker)) {
    for (Pod& pod : pairing.pods) {
      // The attacher waits to hear that kubelet knows.
      if (std::exchange(pod.seen, pod.wanted) != pod.wanted) datacenter_.schedule().NotifyAll();
    }
  }
  const bool outdated =
      pairing.staged != Belief::kNo && pairing.staged_for != pairing.attachment && SeesApi(worker);
  const std::optional<Request> down = TakeDown(volume, worker, outdated);
  if (down || (outdated && !StagesOver(pairing))) return down;
  return BringUp(volume, worker, outdated);
}

std::optional<Callers::Request> Callers::TakeDown(int volume, int worker, bool outdated) {
  Pairing& pairing = objects_.volume(volume).on(worker);
  Request request = {
      .verb = Verb::kUnpublish, .volume = volume, .worker = worker, .time = kKubeletTime};
  bool seen = false;
  for (int place = 1; place <= kPlaces; ++place) {
    const Pod& pod = pairing.pods[static_cast<size_t>(place - 1)];
    seen = seen || pod.seen;
    request.place = place;
    const bool stays = pod.seen && !pod.restarts && !outdated;
    if (pod.published != Belief::kNo && !stays && pod.Hangs()) return std::nullopt;
    if (pod.published != Belief::kNo && !stays) return request;
  }
  request.verb = Verb::kUnstage;
  const bool over = outdated && !StagesOver(pairing);
  if (pairing.staged != Belief::kNo && (!seen || over)) return request;
  return std::nullopt;
}

std::optional<Callers::Request> Callers::BringUp(int volume, int worker, bool outdated) {
  Volume& object = objects_.volume(volume);
  Pairing& pairing = object.on(worker);
  Request request = {
      .verb = Verb::kStage, .volume = volume, .worker = worker, .time = kKubeletTime};
  for (int place = 1; place <= kPlaces; ++place) {
    Pod& pod = pairing.pods[static_cast<size_t>(place - 1)];
    if (!pod.seen) continue;
    if (pairing.staged != Belief::kYes || outdated) {
      const bool attached = pairing.attached == Belief::kYes && !pairing.goes && SeesApi(worker);
      return attached ? std::optional(request) : std::nullopt;
    }
    request.place = place;
    request.verb = Verb::kPublish;
    if (pod.published != Belief::kYes) return request;
    request.verb = Verb::kExpandOnNode;
    request.size_bytes = object.bytes;
    if (pairing.expanded_to < object.bytes) return request;
  }
  return std::nullopt;
}

void Callers::NoteOfKubelet(const Request& request, const absl::Status& answer) {
  Pairing& pairing = objects_.volume(request.volume).on(request.worker);
  Pod& pod = pairing.pods[static_cast<size_t>(request.place - 1)];
  Machine& machine = datacenter_.site().machine(request.worker);
  const Claim& claim = datacenter_.claim(request.volume);
  if (request.verb == Verb::kStage) {
    if (answer.ok() || pairing.staged == Belief::kNo) pairing.staged_for = pairing.attachment;
    NoteMade(pairing.staged, answer);
    pairing.expanded_to = kSize;
  } else if (request.verb == Verb::kPublish) {
    NoteMade(pod.published, answer);
  } else if (request.verb == Verb::kUnpublish) {
    NoteTakenDown(pod.published, answer);
    if (answer.ok()) pod.restarts = false;
  } else if (request.verb == Verb::kUnstage) {
    NoteTakenDown(pairing.staged, answer);
  } else if (answer.ok()) {
    pairing.expanded_to = request.size_bytes;
  }
  if (pod.published == Belief::kNo) machine.AfterUnpublish(claim, request.place);
  if (pairing.staged == Belief::kNo) machine.AfterUnstage(claim);
}

void Callers::Rebooted(int worker) {
  for (Volume& volume : objects_.volumes) {
    Pairing& pairing = volume.on(worker);
    pairing.staged = std::min(pairing.staged, Belief::kMaybe);
    for (Pod& pod : pairing.pods) {
      pod.published = std::min(pod.published, Belief::kMaybe);
      pod.restarts = false;
      pod.hangs_on = 0;
    }
  }
}

}  // namespace rds_csi::world::histories
