// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates the kernel's NVMe/TCP host: /dev/nvme-fabrics, sysfs, devices.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/errno_status.h"
#include "base/text.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

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
  return target;
}

std::string FakeHost::ConnectAs(const std::string& nqn, const std::string& host_nqn) {
  std::lock_guard lock(mutex_);
  ConnectLocked(nqn, host_nqn);
  return "/dev/" + controllers_.back().device;
}

std::string FakeHost::ConnectLocked(const std::string& nqn, const std::string& host_nqn) {
  const int instance = next_instance_++;
  const FakeTarget& target = targets_.at(nqn);
  const Controller controller{fmt::format("nvme{}", instance), nqn, host_nqn,
                              fmt::format("nvme{}n1", instance)};
  const std::string folder = "/sys/class/nvme/" + controller.name;
  Put(folder + "/subsysnqn", nqn + "\n");
  Put(folder + "/state", target.state + "\n");
  Put(folder + "/address", "traddr=10.0.0.1,trsvcid=4420\n");
  Put(folder + "/hostnqn", host_nqn + "\n");
  Put(folder + "/delete_controller", "");
  Put(folder + "/rescan_controller", "");
  controllers_.push_back(controller);
  if (target.has_namespace) {
    const std::string path = fmt::format("/sys/block/nvme{0}c{0}n1", instance);
    Put(path + "/hidden", "1\n");
    Put(path + "/dev", "0:0\n");
    Put(path + "/size", fmt::format("{}\n", target.size_bytes / 512));
    Put(path + "/device/subsysnqn", nqn + "\n");
    const std::string head = "/sys/block/" + controller.device;
    Put(head + "/dev", fmt::format("259:{}\n", instance));
    Put(head + "/size", fmt::format("{}\n", target.size_bytes / 512));
    Put(head + "/hidden", "0\n");
    Put(head + "/ro", "0\n");
    Put(head + "/device/subsysnqn", nqn + "\n");
    files_["/dev/" + controller.device] = {
        {FileType::kBlockDevice, 0660, {259, static_cast<uint32_t>(instance)}}, ""};
  }
  ++events_;
  return fmt::format("instance={},cntlid=1\n", instance);
}

void FakeHost::RemoveController(const std::string& name) {
  const auto controller = std::find_if(controllers_.begin(), controllers_.end(),
                                       [&](const Controller& c) { return c.name == name; });
  if (controller == controllers_.end()) return;
  const std::string instance = name.substr(4);
  RemoveTree("/sys/class/nvme/" + name);
  RemoveTree("/sys/block/" + controller->device);
  RemoveTree(fmt::format("/sys/block/nvme{0}c{0}n1", instance));
  files_.erase("/dev/" + controller->device);
  controllers_.erase(controller);
  ++events_;
}

void FakeHost::LoseConnection(const std::string& nqn) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn) names.push_back(controller.name);
  }
  for (const std::string& name : names) RemoveController(name);
}

void FakeHost::SetControllerState(const std::string& controller, const std::string& state) {
  std::lock_guard lock(mutex_);
  files_.at("/sys/class/nvme/" + controller + "/state").content = state + "\n";
  ++events_;
}

std::vector<std::string> FakeHost::DevicesOf(const std::string& nqn) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> devices;
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn) devices.push_back("/dev/" + controller.device);
  }
  return devices;
}

FakeTarget* FakeHost::FindTargetOfDevice(const std::string& device) {
  for (const Controller& controller : controllers_) {
    if ("/dev/" + controller.device == device) return &targets_.at(controller.nqn);
  }
  return nullptr;
}

int FakeHost::Exchange(std::string_view options, std::string& reply) {
  const std::string nqn = OptionOf(options, "nqn");
  const std::string host_nqn = OptionOf(options, "hostnqn");
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn && controller.host_nqn == host_nqn) return EALREADY;
  }
  const auto target = targets_.find(nqn);
  if (target == targets_.end() || !target->second.exported) return EIO;
  if (!target->second.hosts.empty() && !target->second.hosts.contains(host_nqn)) return EIO;
  reply = ConnectLocked(nqn, host_nqn);
  return 0;
}

void FakeHost::Rescan(const std::string& name) {
  for (const Controller& controller : controllers_) {
    if (controller.name != name) continue;
    const FakeTarget& target = targets_.at(controller.nqn);
    const auto size = files_.find("/sys/block/" + controller.device + "/size");
    if (size != files_.end()) size->second.content = fmt::format("{}\n", target.size_bytes / 512);
    ++events_;
  }
}

int FakeHost::WriteAttribute(const std::string& path) {
  if (!files_.contains(path)) return ENOENT;
  const std::vector<std::string_view> parts = Split(path, '/');  // "", sys, class, nvme, nvme0, …
  if (parts.size() != 6) return EINVAL;
  const std::string controller(parts[4]);
  if (parts[5] == "delete_controller") RemoveController(controller);
  if (parts[5] == "rescan_controller") Rescan(controller);
  return 0;
}

}  // namespace rds_csi
