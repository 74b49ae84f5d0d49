// SPDX-License-Identifier: Apache-2.0
// The objects of Kubernetes: what users want, and what the callers believe of it.
#ifndef RDS_CSI_TESTS_HISTORIES_OBJECTS_H_
#define RDS_CSI_TESTS_HISTORIES_OBJECTS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "belief.h"
#include "claim.h"
#include "machine.h"

namespace rds_csi::world::histories {

struct Pod {
  bool wanted = false;
  bool restarts = false;           // its I/O failed: it has to end before it may begin again
  bool seen = false;               // by kubelet: wanted, as far as it knows
  int hangs_on = 0;                // the device (FakeHost::Io) of a write that has not come back
  std::string hangs_since;         // the generation of the attachment that there was then
  Belief published = Belief::kNo;  // by kubelet

  bool Hangs() const { return hangs_on != 0; }  // it does not end before its write has come back
};

// A volume and a worker.
struct Pairing {
  std::array<Pod, kPlaces> pods;
  bool goes = false;              // the VolumeAttachment: nothing stops its deletion any more
  bool has_attachment = false;    // there is a VolumeAttachment
  int attachment = 0;             // which one since the beginning
  Belief attached = Belief::kNo;  // by the attacher; kYes is what kubelet sees
  Belief staged = Belief::kNo;    // by kubelet, as is the rest
  int staged_for = 0;             // which VolumeAttachment
  int64_t expanded_to = 0;

  bool IsWanted() const { return std::ranges::any_of(pods, &Pod::wanted); }
  bool IsSeen() const { return std::ranges::any_of(pods, &Pod::seen); }
  bool IsPublished() const {
    return std::ranges::any_of(pods, [](const Pod& pod) { return pod.published != Belief::kNo; });
  }
};

struct Volume {
  bool wanted = false;
  Belief created = Belief::kNo;
  int deletions = 0;  // so often was there another volume of that name
  int64_t wanted_bytes = kSize;
  int64_t bytes = kSize;
  std::vector<Pairing> at;  // by worker

  Pairing& on(int worker) { return at[static_cast<size_t>(worker - 1)]; }
  bool IsWantedAnywhere() const { return std::ranges::any_of(at, &Pairing::IsWanted); }
  bool HasAttachment() const { return std::ranges::any_of(at, &Pairing::has_attachment); }
};

struct Objects {
  std::vector<Volume> volumes;

  Volume& volume(int number) { return volumes[static_cast<size_t>(number - 1)]; }
};

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_OBJECTS_H_
