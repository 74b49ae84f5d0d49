// SPDX-License-Identifier: Apache-2.0
#include "callers.h"

#include <algorithm>

namespace rds_csi::world::histories {
namespace {

constexpr absl::Duration kSidecarTime = absl::Seconds(15);
constexpr absl::Duration kLongestPause = absl::Minutes(1);
constexpr absl::Duration kForceDetachAfter = absl::Minutes(6);

}  // namespace

Callers::Callers(Datacenter& datacenter, Objects& objects)
    : datacenter_(datacenter), objects_(objects) {}

void Callers::Start() {
  for (int volume = 1; volume <= datacenter_.volumes(); ++volume) {
    Run([=, this] { return NextOfProvisioner(volume); },
        [=, this](const auto& request, const auto& answer) { NoteOfProvisioner(request, answer); });
    for (int worker = 1; worker <= datacenter_.site().workers(); ++worker) {
      Run([=, this] { return NextOfAttacher(volume, worker); },
          [=, this](const auto& request, const auto& answer) { NoteOfAttacher(request, answer); });
      Run([=, this] { return NextOfKubelet(volume, worker); },
          [=, this](const auto& request, const auto& answer) { NoteOfKubelet(request, answer); });
    }
  }
}

void Callers::Run(const Next& next, const Note& note) {
  Schedule& schedule = datacenter_.schedule();
  schedule.Start(schedule.now(), {}, [this, &schedule, next, note] {
    absl::Duration pause = absl::Seconds(1);
    while (true) {
      const std::optional<Request> request = next();
      if (!request) {
        schedule.WaitForChange();
        continue;
      }
      const absl::Status answer = datacenter_.Ask(*request);
      note(*request, answer);
      schedule.NotifyAll();
      if (answer.ok()) {
        pause = absl::Seconds(1);
      } else {
        schedule.Sleep(pause);
        pause = std::min(2 * pause, kLongestPause);
      }
    }
  });
}

bool Callers::SeesApi(int worker) {
  return !datacenter_.IsApiAway() && datacenter_.IsPowered(worker) &&
         !datacenter_.IsUnplugged(worker);
}

// --- external-provisioner and external-resizer ---

std::optional<Callers::Request> Callers::NextOfProvisioner(int volume) {
  Volume& object = objects_.volume(volume);
  if (datacenter_.IsApiAway()) return std::nullopt;
  Request request = {.verb = Verb::kCreate, .volume = volume, .time = kSidecarTime};
  if (object.wanted) {
    if (object.created != Belief::kYes) return request;
    if (object.bytes >= object.wanted_bytes) return std::nullopt;
    request.verb = Verb::kExpand;
    request.size_bytes = object.wanted_bytes;
    return request;
  }
  if (object.created == Belief::kNo) return std::nullopt;
  // Not every provisioner waits until a volume is detached.
  const bool waits = volume % 2 == 0 && object.HasAttachment();
  if (object.IsWantedAnywhere() || waits) return std::nullopt;
  // The provisioner wants to know what it deletes.
  if (object.created == Belief::kYes) request.verb = Verb::kDelete;
  return request;
}

void Callers::NoteOfProvisioner(const Request& request, const absl::Status& answer) {
  Volume& object = objects_.volume(request.volume);
  if (request.verb == Verb::kCreate) NoteMade(object.created, answer);
  if (request.verb == Verb::kExpand && answer.ok()) object.bytes = request.size_bytes;
  if (request.verb != Verb::kDelete) return;
  NoteUndone(object.created, answer);
  if (!answer.ok()) return;
  ++object.deletions;
  object.bytes = object.wanted_bytes = kSize;
}

// --- the attach/detach controller and external-attacher ---

void Callers::MakeAttachment(int volume, int worker) {
  Pairing& pairing = objects_.volume(volume).on(worker);
  if (pairing.has_attachment) return;
  pairing.has_attachment = true;
  ++pairing.attachment;
  datacenter_.site().cluster().Want(datacenter_.claim(volume).id.str(),
                                    datacenter_.site().machine(worker).name(), false);
}

void Callers::RemoveAttachment(int volume, int worker) {
  Pairing& pairing = objects_.volume(volume).on(worker);
  pairing.has_attachment = pairing.goes = false;
  std::erase_if(*datacenter_.site().cluster().wanted, [&](const WantedAttachment& each) {
    return each.volume == datacenter_.claim(volume).id &&
           each.node.str() == datacenter_.site().machine(worker).name();
  });
}

// kubelet has let the volume go, or the node is gone, or nobody has heard of it for six minutes.
bool Callers::MayDetach(int volume, int worker) {
  const Pairing& pairing = objects_.volume(volume).on(worker);
  const absl::Duration unseen = datacenter_.schedule().now() - datacenter_.unseen_since(worker);
  if (unseen > kForceDetachAfter) return true;
  if (datacenter_.IsGone(worker)) return true;
  // status.volumesInUse of the Node: from before the stage on, until it is undone.
  const bool in_use = pairing.IsSeen() || pairing.staged != Belief::kNo || pairing.IsPublished();
  return SeesApi(worker) && !in_use;
}

std::optional<Callers::Request> Callers::NextOfAttacher(int volume, int worker) {
  Volume& object = objects_.volume(volume);
  Pairing& pairing = object.on(worker);
  if (datacenter_.IsApiAway()) return std::nullopt;
  const bool gone = datacenter_.IsGone(worker);
  Request request = {
      .verb = Verb::kAttach, .volume = volume, .worker = worker, .time = kSidecarTime};
  if (pairing.IsWanted() && !gone && !pairing.goes) {
    if (pairing.attached == Belief::kYes || object.created != Belief::kYes) return std::nullopt;
    MakeAttachment(volume, worker);
    return request;
  }
  if (!pairing.has_attachment) return std::nullopt;
  if (pairing.IsWanted() && !pairing.goes)
    return std::nullopt;  // the node is gone, not yet its pods
  if (!pairing.goes && !MayDetach(volume, worker)) return std::nullopt;
  if (pairing.attached == Belief::kNo) {
    RemoveAttachment(volume, worker);
    datacenter_.schedule().NotifyAll();
    return std::nullopt;
  }
  pairing.goes = true;
  request.verb = Verb::kDetach;
  return request;
}

void Callers::NoteOfAttacher(const Request& request, const absl::Status& answer) {
  Pairing& pairing = objects_.volume(request.volume).on(request.worker);
  if (request.verb == Verb::kAttach) return NoteMade(pairing.attached, answer);
  NoteUndone(pairing.attached, answer);
  if (answer.ok()) RemoveAttachment(request.volume, request.worker);
}

}  // namespace rds_csi::world::histories
