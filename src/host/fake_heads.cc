// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates native NVMe multipath: a head, its paths, and what becomes of
// I/O that waits for one.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

std::string Sectors(int64_t bytes) { return fmt::format("{}\n", bytes / 512); }

}  // namespace

void FakeHost::MakeHead(const std::string& name, const Backend& backend,
                        const Controller& controller) {
  const std::string folder = "/sys/block/" + name;
  const uint32_t minor = static_cast<uint32_t>(*ParseInt64(name.substr(4, name.find('n', 4) - 4)));
  Put(folder + "/dev", fmt::format("259:{}\n", minor));
  Put(fmt::format("/sys/dev/block/259:{}/device/subsysnqn", minor), controller.nqn + "\n");
  Put(folder + "/hidden", "0\n");
  Put(folder + "/ro", "0\n");
  Put(folder + "/nsid", fmt::format("{}\n", backend.nsid));
  if (!backend.uuid.empty()) Put(folder + "/uuid", backend.uuid + "\n");
  if (!backend.nguid.empty()) Put(folder + "/nguid", backend.nguid + "\n");
  if (!backend.eui.empty()) Put(folder + "/eui", backend.eui + "\n");
  Put(folder + "/queue/logical_block_size", fmt::format("{}\n", backend.block_bytes));
  Put(folder + "/device/subsysnqn", controller.nqn + "\n");
  if (delayed_removal_) Put(folder + "/delayed_removal_secs", "0\n");
  files_["/dev/" + name] = {{FileType::kBlockDevice, 0660, {259, minor}}, ""};
  heads_[name] = {.nqn = controller.nqn,
                  .nsid = backend.nsid,
                  .uuid = backend.uuid,
                  .nguid = backend.nguid,
                  .host_nqn = controller.host_nqn,
                  .unsynced_of = "",
                  .which = ++heads_made_};
}

// A namespace that is the same as that of a head becomes a path of it. One with the same number and
// another identity is none, and the kernel only says so in its log.
void FakeHost::AddPath(Controller& controller) {
  const std::optional<Backend> backend = FindBackend(controller);
  if (!backend || !controller.head.empty()) return;
  const auto head = std::find_if(heads_.begin(), heads_.end(), [&](const auto& other) {
    return other.second.nqn == controller.nqn && other.second.nsid == backend->nsid;
  });
  if (head == heads_.end()) {
    controller.head = controller.name + "n1";
    MakeHead(controller.head, *backend, controller);
  } else {
    if (head->second.uuid != backend->uuid || head->second.nguid != backend->nguid) return;
    controller.head = head->first;
  }
  const std::string subsystem = controller.head.substr(0, controller.head.find('n', 4));
  controller.path = fmt::format("{}c{}n1", subsystem, controller.name.substr(4));
  const std::string folder = "/sys/block/" + controller.path;
  Put(folder + "/hidden", "1\n");
  Put(folder + "/dev", "0:0\n");
  Put(folder + "/ana_state", backend->ana_state + "\n");
  Put(folder + "/device/subsysnqn", controller.nqn + "\n");
  TakeSize(controller, backend->size_bytes);
}

// The head has the size of the path that was looked at last, and paths of another size are not used
// until they are looked at themselves (nvme_mpath_revalidate_paths).
void FakeHost::TakeSize(Controller& controller, int64_t bytes) {
  Put("/sys/block/" + controller.path + "/size", Sectors(bytes));
  Put("/sys/block/" + controller.head + "/size", Sectors(bytes));
  for (Controller& other : controllers_) {
    if (other.head != controller.head || other.name == controller.name) continue;
    if (files_.at("/sys/block/" + other.path + "/size").content != Sectors(bytes)) {
      other.ready = false;
    }
  }
  controller.ready = true;
  PathBecameUsable(controller);
}

void FakeHost::DropPath(Controller& controller) {
  if (controller.head.empty()) return;
  RemoveTree("/sys/block/" + controller.path);
  const std::string head = controller.head;
  controller.head = controller.path = "";
  const bool last = std::none_of(controllers_.begin(), controllers_.end(),
                                 [&](const Controller& other) { return other.head == head; });
  if (last) LastPathGone(head);
}

void FakeHost::LastPathGone(const std::string& name) {
  const auto delay = files_.find("/sys/block/" + name + "/delayed_removal_secs");
  const int64_t seconds =
      delay == files_.end() ? 0 : ParseInt64(Trim(delay->second.content)).value_or(0);
  if (seconds == 0) return RemoveHead(name);
  actions_.emplace_back(clock_.Now() + absl::Seconds(seconds), [this, name] {
    std::lock_guard lock(mutex_);
    for (const Controller& controller : controllers_) {
      if (controller.head == name) return;
    }
    RemoveHead(name);
  });
}

void FakeHost::RemoveHead(const std::string& name) {
  const auto head = heads_.find(name);
  if (head == heads_.end()) return;
  const Head& gone = head->second;
  if (!gone.unsynced_of.empty()) {
    journal_.push_back(fmt::format("lost pages {} of {}", gone.nqn, gone.unsynced_of));
  }
  RemoveTree("/sys/block/" + name);
  RemoveTree("/sys/dev/block/" + ToString(files_.at("/dev/" + name).info.number));
  files_.erase("/dev/" + name);
  heads_.erase(head);
  ++events_;
}

bool FakeHost::IsUsable(const Controller& controller) const {
  return !controller.head.empty() && controller.ready &&
         files_.at("/sys/class/nvme/" + controller.name + "/state").content == "live\n" &&
         files_.at("/sys/block/" + controller.path + "/ana_state").content != "inaccessible\n";
}

bool FakeHost::Waits(const std::string& head) const {
  if (!heads_.contains(head)) return false;
  bool has_path = false;
  bool one_may_come_back = false;
  for (const Controller& controller : controllers_) {
    if (controller.head != head) continue;
    if (IsUsable(controller)) return false;
    has_path = true;
    const std::string& state = files_.at("/sys/class/nvme/" + controller.name + "/state").content;
    if (!state.starts_with("deleting") && state != "dead\n") one_may_come_back = true;
  }
  return one_may_come_back || !has_path;  // without any, it is delayed_removal_secs that keeps it
}

void FakeHost::PathBecameUsable(const Controller& controller) {
  if (!IsUsable(controller)) return;
  Head& head = heads_.at(controller.head);
  head.host_nqn = controller.host_nqn;
  if (head.unsynced_of.empty()) return;
  std::string line = fmt::format("flush {} as {}", head.nqn, controller.host_nqn);
  if (!controller.port.empty()) line = "misdirected " + head.nqn;
  if (head.unsynced_of != controller.host_nqn) wrong_flushes_.push_back(line);
  journal_.push_back(std::move(line));
  head.unsynced_of.clear();
}

void FakeHost::WriteUnsynced(const std::string& nqn) {
  std::lock_guard lock(mutex_);
  for (auto& [name, head] : heads_) {
    if (head.nqn == nqn) head.unsynced_of = head.host_nqn;
  }
}

FakeHost::Io FakeHost::WriteTo(const std::string& target, int opened) {
  std::lock_guard lock(mutex_);
  const std::vector<Mount> here = MountsAt(mounts_, target);
  if (here.empty()) return {};
  const Mount& mount = here.back();
  const bool is_node = mount.fs_type == "devtmpfs";
  const std::string name = HeadOf(is_node ? *ParseDeviceNumber(mount.source) : mount.number);
  if (name.empty()) return {};
  Head& head = heads_.at(name);
  if (opened != 0 && opened != head.which) return {};
  if (head.unsynced_of.empty()) head.unsynced_of = head.host_nqn;
  if (Waits(name)) return {Io::Outcome::kWaits, head.nqn, "", head.which};
  for (const Controller& controller : controllers_) {
    if (controller.head == name) PathBecameUsable(controller);
  }
  if (!head.unsynced_of.empty()) return {Io::Outcome::kFails, head.nqn, "", head.which};
  return {Io::Outcome::kDone, head.nqn, head.host_nqn, head.which};
}

bool FakeHost::HasUnsynced(const std::string& nqn) const {
  std::lock_guard lock(mutex_);
  return std::any_of(heads_.begin(), heads_.end(), [&](const auto& head) {
    return head.second.nqn == nqn && !head.second.unsynced_of.empty();
  });
}

std::vector<std::string> FakeHost::WrongFlushes() const {
  std::lock_guard lock(mutex_);
  return wrong_flushes_;
}

std::string FakeHost::HeadOf(DeviceNumber number) const {
  for (const auto& [name, head] : heads_) {
    const auto node = files_.find("/dev/" + name);
    if (node != files_.end() && node->second.info.number == number) return name;
  }
  return "";
}

// The kernel takes a mount out of the list first and syncs then: an unmount that hangs is one whose
// mount is gone from the list, with its pages still waiting.
int FakeHost::UnmountLocked(const std::string& target, bool& hangs) {
  const auto found = std::find_if(mounts_.rbegin(), mounts_.rend(),
                                  [&](const Mount& mount) { return mount.target == target; });
  if (found == mounts_.rend()) return ENOENT;
  const DeviceNumber number = found->number;
  mounts_.erase(std::next(found).base());
  const bool last = std::none_of(mounts_.begin(), mounts_.end(),
                                 [&](const Mount& mount) { return mount.number == number; });
  const std::string name = HeadOf(number);
  if (!last || name.empty()) return 0;
  Head& head = heads_.at(name);
  hangs = Waits(name);
  if (hangs) {
    if (head.unsynced_of.empty()) head.unsynced_of = head.host_nqn;  // the superblock
    return 0;
  }
  for (const Controller& controller : controllers_) {
    if (controller.head == name) PathBecameUsable(controller);
  }
  return 0;
}

}  // namespace rds_csi
