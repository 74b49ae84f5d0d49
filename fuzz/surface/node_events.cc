// SPDX-License-Identifier: Apache-2.0
// What happens to a NodeWorld besides calls.
#include <fmt/format.h>

#include <cerrno>

#include "fuzz/surface/node_world.h"

namespace rds_csi::surface {
namespace {

constexpr const char* kVolumes[] = {"pvc-1", "pvc-2"};

// How effects, programs and looks begin, as the machine's journal has them.
constexpr const char* kActs[] = {
    "mount ",    "bind ",      "unmount ",  "mkdir ",    "rmdir ",    "unlink ",   "create ",
    "replace ",  "symlink ",   "write ",    "connect ",  "mkfs.",     "e2fsck",    "xfs_repair",
    "resize2fs", "xfs_growfs", "probe",     "reach",     "openers",   "look",      "statfs",
    "readonly",  "dmsetup",    "modprobe",  "mountinfo", "read /sys", "read /var", "list /sys",
    "list /var", "stat /dev",  "stat /var", "exchange"};
constexpr int kErrors[] = {EIO,   ENOENT, EBUSY,  ETIMEDOUT, ENOSPC,
                           EROFS, EINVAL, EACCES, ENXIO,     ENODEV};
constexpr const char* kStates[] = {"live", "connecting", "deleting", "dead", "resetting"};
constexpr const char* kContents[] = {"filesystem ext4", "filesystem xfs", "filesystem ntfs",
                                     "data 0", "data 1048576"};

std::string PickNqn(Choices& choices) { return VolumeId::Parse(choices.Of(kVolumes))->Nqn(); }

}  // namespace

void NodeWorld::Happen(char letter, Choices& choices) {
  switch (letter) {
    case 'T':
      return PassTime(choices);
    case 'P':
      return Start();
    case 'B':
      return Reboot();
    case 'O':
      return Use(choices);
    case 'F':
      is_calm_ = false;
      return Break(choices);
    case 'L':
      is_calm_ = false;
      return ChangeLink(choices);
    case 'N':
      is_calm_ = false;
      return AttachElsewhere(choices);
    case 'A':
      is_calm_ = false;
      return PutInTheWay(choices);
    default:
      return;
  }
}

void NodeWorld::PassTime(Choices& choices) {
  constexpr absl::Duration kTimes[] = {absl::Seconds(1), absl::Seconds(30), absl::Minutes(11)};
  machine_.clock().Advance(choices.Of(kTimes));
  rules_.NoteRound();
  plugin_->keeper.Tick();
}

// Until the next call has ended.
void NodeWorld::Break(Choices& choices) {
  const char* act = choices.Of(kActs);
  const int error = choices.Of(kErrors);
  rules_.NoteFault(act);
  choices.Flip() ? machine_.FailOnceAfter(act, error) : machine_.FailOn(act, error);
}

// What becomes of a volume's connection to the RDS.
void NodeWorld::ChangeLink(Choices& choices) {
  const std::string nqn = PickNqn(choices);
  switch (choices.Pick(6)) {
    case 0:
      return machine_.LoseConnection(nqn);
    case 1:
      machine_.target(nqn).exported = !machine_.target(nqn).exported;
      return;
    case 2: {
      const std::vector<std::string> controllers = machine_.ControllersOf(nqn);
      if (controllers.empty()) return;
      const std::string& controller = controllers.at(choices.Pick(controllers.size()));
      return machine_.SetControllerState(controller, choices.Of(kStates));
    }
    case 3:
      machine_.target(nqn).has_namespace = !machine_.target(nqn).has_namespace;
      return machine_.AnnounceSize(nqn);
    case 4:
      machine_.target(nqn).many_controllers = !machine_.target(nqn).many_controllers;
      return;
    default:
      return machine_.UnloadNvmet(choices.Flip());
  }
}

// Pods and the RDS's owner do what they do every day.
void NodeWorld::Use(Choices& choices) {
  const std::string nqn = PickNqn(choices);
  const std::vector<std::string> devices = machine_.DevicesOf(nqn);
  switch (choices.Pick(4)) {
    case 0:
      machine_.target(nqn).size_bytes += int64_t{1} << 30;
      return choices.Flip() ? void() : machine_.AnnounceSize(nqn);
    case 1:
      if (!devices.empty()) machine_.WriteUnsynced(nqn);
      return;
    case 2:
      if (devices.empty()) return;
      if (const auto node = machine_.FindFile(devices.front())) {
        machine_.AddOpener(node->number, "process 7 qemu");
      }
      return;
    default:
      return machine_.RemoveOpeners();
  }
}

// The volume was attached to another node, which wrote to it, and is attached here anew. The RDS
// has ended the old sessions; the kernel has noticed or goes on trying.
void NodeWorld::AttachElsewhere(Choices& choices) {
  const std::string volume = choices.Of(kVolumes);
  const std::string nqn = VolumeId::Parse(volume)->Nqn();
  FakeTarget& target = machine_.target(nqn);
  target.hosts = {IdentityOf(volume, generations_[volume] += 2).nqn};
  if (choices.Flip()) target.contents = choices.Of(kContents);
  if (choices.Flip()) return machine_.LoseConnection(nqn);
  for (const std::string& controller : machine_.ControllersOf(nqn)) {
    const std::string address = machine_.ReadFile("/sys/class/nvme/" + controller + "/address");
    if (!address.starts_with("traddr=127.")) machine_.SetControllerState(controller, "connecting");
  }
}

// Things of others, where ours should be.
void NodeWorld::PutInTheWay(Choices& choices) {
  const std::string volume = choices.Of(kVolumes);
  const std::string staging = fmt::format("/var/lib/kubelet/plugins/{}/globalmount", volume);
  const std::string target = fmt::format("/var/lib/kubelet/pods/0/{}/mount", volume);
  const std::string place = choices.Flip() ? target : staging;
  switch (choices.Pick(5)) {
    case 0:
      machine_.AddDirectory(place);
      return machine_.AddMount(place, {0, 99}, "tmpfs", "tmpfs");
    case 1:
      return machine_.AddFile(place, choices.Text());
    case 2:
      return machine_.AddFile(fmt::format("/var/lib/rds-csi/staged/{}", volume), choices.Text());
    case 3:
      return machine_.AddFile(staging + "/device", choices.Text());
    default:
      if (machine_.DevicesOf(VolumeId::Parse(volume)->Nqn()).empty()) {
        machine_.ConnectAs(VolumeId::Parse(volume)->Nqn(), "nqn.2014-08.org.example:somebody");
      }
      return;
  }
}

}  // namespace rds_csi::surface
