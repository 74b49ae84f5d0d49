// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates the kernel's NVMe/TCP host: /dev/nvme-fabrics, sysfs, devices.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/errno_status.h"
#include "base/text.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

constexpr char kTargetAddress[] = "traddr=10.0.0.1,trsvcid=4420";

std::string OptionOf(std::string_view options, std::string_view key) {
  for (const std::string_view option : Split(options, ',')) {
    if (option.starts_with(std::string(key) + "="))
      return std::string(option.substr(key.size() + 1));
  }
  return "";
}

}  // namespace

FakeTarget& FakeHost::Export(const std::string& nqn, int64_t size_bytes) {
  std::lock_guard lock(mutex_);
  FakeTarget& target = targets_[nqn];
  target.size_bytes = size_bytes;
  target.uuid = fmt::format("00000000-0000-4000-8000-{:012x}", std::hash<std::string>{}(nqn) >> 16);
  return target;
}

std::string FakeHost::ConnectAs(const std::string& nqn, const std::string& host_nqn) {
  std::lock_guard lock(mutex_);
  Controller controller;
  controller.nqn = nqn;
  controller.host_nqn = host_nqn;
  controller.address = kTargetAddress;
  ConnectLocked(std::move(controller));
  return "/dev/" + controllers_.back().head;
}

// As the kernel does, whatever SetNextInstance says.
bool FakeHost::IsTaken(int instance) const {
  const std::string name = fmt::format("nvme{}", instance);
  return heads_.contains(name + "n1") || files_.contains("/sys/class/nvme/" + name + "/state");
}

std::string FakeHost::ConnectLocked(Controller controller) {
  while (IsTaken(next_instance_)) ++next_instance_;
  const int instance = next_instance_++;
  controller.name = fmt::format("nvme{}", instance);
  const std::string folder = "/sys/class/nvme/" + controller.name;
  Put(folder + "/subsysnqn", controller.nqn + "\n");
  Put(folder + "/state",
      controller.port.empty() ? targets_.at(controller.nqn).state + "\n" : std::string("live\n"));
  Put(folder + "/address", controller.address + "\n");
  Put(folder + "/hostnqn", controller.host_nqn + "\n");
  Put(folder + "/ctrl_loss_tmo", "600\n");
  Put(folder + "/delete_controller", "");
  Put(folder + "/rescan_controller", "");
  controllers_.push_back(std::move(controller));
  AddPath(controllers_.back());
  ++events_;
  return fmt::format("instance={},cntlid=1\n", instance);
}

std::optional<FakeHost::Backend> FakeHost::FindBackend(const Controller& controller) const {
  if (controller.port.empty()) {
    const FakeTarget& target = targets_.at(controller.nqn);
    if (!target.has_namespace) return std::nullopt;
    return Backend{target.size_bytes, target.nsid,        target.uuid, target.nguid,
                   target.eui,        target.block_bytes, "optimized"};
  }
  const std::string folder = NamespaceOf(controller.nqn);
  if (folder.empty()) return std::nullopt;
  const auto identifier = [&](const char* name) {  // all zeros is none
    const std::string value = NvmetValue(folder + "/" + name);
    return value.find_first_not_of("0-") == std::string::npos ? "" : value;
  };
  const std::string group = NvmetValue(folder + "/ana_grpid");
  return Backend{nvmet_sizes_.at(folder),
                 static_cast<int>(*ParseInt64(folder.substr(folder.rfind('/') + 1))),
                 identifier("device_uuid"),
                 identifier("device_nguid"),
                 "",
                 512,
                 NvmetValue(controller.port + "/ana_groups/" + group + "/ana_state")};
}

void FakeHost::RemoveController(const std::string& name) {
  const auto controller = std::find_if(controllers_.begin(), controllers_.end(),
                                       [&](const Controller& c) { return c.name == name; });
  if (controller == controllers_.end()) return;
  Controller gone = *controller;
  controllers_.erase(controller);
  DropPath(gone);
  RemoveTree("/sys/class/nvme/" + name);
  ++events_;
}

void FakeHost::LoseConnection(const std::string& nqn) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn && controller.port.empty()) names.push_back(controller.name);
  }
  for (const std::string& name : names) RemoveController(name);
}

void FakeHost::SetState(Controller& controller, const std::string& state) {
  files_.at("/sys/class/nvme/" + controller.name + "/state").content = state + "\n";
  if (!controller.head.empty()) PathBecameUsable(controller);
  ++events_;
}

void FakeHost::SetControllerState(const std::string& name, const std::string& state) {
  std::lock_guard lock(mutex_);
  for (Controller& controller : controllers_) {
    if (controller.name == name) SetState(controller, state);
  }
}

std::vector<std::string> FakeHost::DevicesOf(const std::string& nqn) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> devices;
  for (const auto& [name, head] : heads_) {
    if (head.nqn == nqn) devices.push_back("/dev/" + name);
  }
  return devices;
}

std::vector<std::string> FakeHost::ControllersOf(const std::string& nqn) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn) names.push_back(controller.name);
  }
  return names;
}

FakeTarget* FakeHost::FindTargetOfDevice(const std::string& device) {
  const auto head = heads_.find(device.substr(device.rfind('/') + 1));
  if (head == heads_.end()) return nullptr;
  const auto target = targets_.find(head->second.nqn);
  return target == targets_.end() ? nullptr : &target->second;
}

int FakeHost::Exchange(std::string_view options, std::string& reply) {
  Controller controller;
  controller.nqn = OptionOf(options, "nqn");
  controller.host_nqn = OptionOf(options, "hostnqn");
  const std::string address = OptionOf(options, "traddr");
  const std::string service = OptionOf(options, "trsvcid");
  controller.port = PortAt(address, service);
  controller.address = controller.port.empty()
                           ? kTargetAddress
                           : fmt::format("traddr={},trsvcid={}", address, service);
  for (const Controller& other : controllers_) {
    if (other.nqn == controller.nqn && other.host_nqn == controller.host_nqn &&
        other.address == controller.address) {
      return EALREADY;
    }
  }
  if (!controller.port.empty()) {
    if (const int error = AdmitLocally(controller); error != 0) return error;
  } else {
    const auto target = targets_.find(controller.nqn);
    if (target == targets_.end() || !target->second.exported) return EIO;
    const std::set<std::string>& hosts = target->second.hosts;
    if (!hosts.empty() && !hosts.contains(controller.host_nqn)) return EIO;
  }
  reply = ConnectLocked(std::move(controller));
  return 0;
}

// Looks at the namespace again: it may have come, gone or changed its size. The head has the size
// of the path that was looked at last.
void FakeHost::Rescan(const std::string& name) {
  for (Controller& controller : controllers_) {
    if (controller.name != name) continue;
    const std::optional<Backend> backend = FindBackend(controller);
    if (!backend) {
      DropPath(controller);
    } else if (controller.head.empty()) {
      AddPath(controller);
    } else {
      TakeSize(controller, backend->size_bytes);
    }
    ++events_;
    return;
  }
}

void FakeHost::AnnounceSize(const std::string& nqn) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn && controller.port.empty()) names.push_back(controller.name);
  }
  for (const std::string& name : names) Rescan(name);
}

int FakeHost::WriteAttribute(const std::string& path, std::string_view value) {
  const auto file = files_.find(path);
  if (file == files_.end()) return ENOENT;
  const std::vector<std::string_view> parts = Split(path, '/');  // "", sys, class, nvme, nvme0, …
  const bool of_controller = parts.size() == 6 && parts[3] == "nvme";
  if (of_controller && parts[5] == "delete_controller") {
    RemoveController(std::string(parts[4]));
  } else if (of_controller && parts[5] == "rescan_controller") {
    Rescan(std::string(parts[4]));
  } else {
    file->second.content = std::string(Trim(value)) + "\n";
  }
  return 0;
}

}  // namespace rds_csi
