// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates the kernel's own NVMe target: the configfs tree of nvmet, with
// the order that it asks for (drivers/nvme/target/configfs.c).
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

constexpr char kRoot[] = "/sys/kernel/config/nvmet";

// "subsystems", NQN, "namespaces", "1", … below kRoot.
std::vector<std::string> PartsBelowRoot(std::string_view path) {
  std::vector<std::string> parts;
  for (const std::string_view part : Split(path.substr(std::string_view(kRoot).size()), '/')) {
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

std::string Trimmed(std::string_view value) { return std::string(Trim(value)); }

}  // namespace

bool FakeHost::IsNvmet(std::string_view path) const {
  return path.starts_with(std::string(kRoot) + "/");
}

void FakeHost::LoadNvmet() {
  for (const char* folder : {"subsystems", "ports", "hosts"}) {
    for (const std::string& path : {std::string(kRoot), fmt::format("{}/{}", kRoot, folder)}) {
      files_.try_emplace(path, Node{{FileType::kDirectory, 0755, {}}, ""});
    }
  }
}

void FakeHost::UnloadNvmet(bool modprobe_helps) {
  std::lock_guard lock(mutex_);
  RemoveTree(kRoot);
  modprobe_loads_nvmet_ = modprobe_helps;
}

std::string FakeHost::NvmetValue(const std::string& path) const {
  const auto file = files_.find(path);
  return file == files_.end() ? "" : Trimmed(file->second.content);
}

int FakeHost::MakeNvmetDirectory(const std::string& path, uint32_t mode) {
  const std::vector<std::string> parts = PartsBelowRoot(path);
  const auto directory = [&](const std::string& name) {
    files_[name.empty() ? path : path + "/" + name] = {{FileType::kDirectory, mode, {}}, ""};
  };
  const auto attribute = [&](const std::string& name, const std::string& value) {
    files_[path + "/" + name] = {{FileType::kRegular, 0644, {}}, value + "\n"};
  };
  const bool is_namespace =
      parts.size() == 4 && parts[0] == "subsystems" && parts[2] == "namespaces";
  if (parts.size() != 2 && !is_namespace) return EPERM;
  directory("");
  if (is_namespace) {
    attribute("device_path", "(null)");
    attribute("device_uuid", "aaaaaaaa-0000-4000-8000-000000000000");
    attribute("device_nguid", "00000000-0000-0000-0000-000000000000");
    for (const char* name : {"enable", "buffered_io"}) attribute(name, "0");
    attribute("ana_grpid", "1");
    attribute("revalidate_size", "");
  } else if (parts[0] == "subsystems") {
    directory("namespaces");
    directory("allowed_hosts");
    attribute("attr_allow_any_host", "0");
    attribute("attr_serial", "0123456789abcdef0123");
    attribute("attr_model", "Linux");
    attribute("attr_cntlid_min", "1");
    attribute("attr_cntlid_max", "65519");
  } else if (parts[0] == "ports") {
    for (const char* name : {"subsystems", "ana_groups", "ana_groups/1"}) directory(name);
    for (const char* name : {"addr_trtype", "addr_adrfam", "addr_traddr", "addr_trsvcid"}) {
      attribute(name, "");
    }
    attribute("ana_groups/1/ana_state", "optimized");
  }
  return 0;
}

bool FakeHost::HasLinkTo(const std::string& to) const {
  return std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
    return IsNvmet(file.first) && file.second.info.type == FileType::kSymbolicLink &&
           file.second.content == to;
  });
}

// What the kernel made goes with its folder; what somebody else made must have gone before.
int FakeHost::RemoveNvmetDirectory(const std::string& path) {
  const std::vector<std::string> parts = PartsBelowRoot(path);
  if (!files_.contains(path)) return ENOENT;
  if (parts.size() != 2 && parts.size() != 4) return EPERM;
  if (HasLinkTo(path)) return EBUSY;
  for (const char* made : {"/namespaces", "/allowed_hosts", "/subsystems"}) {
    if (HasChildren(path + made)) return ENOTEMPTY;
  }
  RemoveTree(path);
  if (nvmet_sizes_.erase(path) > 0) NamespaceChanged(parts[1]);
  return 0;
}

int FakeHost::LinkNvmet(const std::string& path, const std::string& to) {
  const std::vector<std::string> parts = PartsBelowRoot(path);
  if (parts.size() != 4 || !files_.contains(to)) return ENOENT;
  if (files_.contains(path)) return EEXIST;
  const std::string folder = fmt::format("{}/{}/{}", kRoot, parts[0], parts[1]);
  if (!files_.contains(folder)) return ENOENT;
  if (parts[2] == "allowed_hosts" && NvmetValue(folder + "/attr_allow_any_host") == "1") {
    return EINVAL;
  }
  if (parts[2] == "subsystems") {
    for (const char* needed : {"/addr_trtype", "/addr_traddr", "/addr_trsvcid"}) {
      if (NvmetValue(folder + needed).empty()) return EINVAL;
    }
  }
  files_[path] = {{FileType::kSymbolicLink, 0777, {}}, to};
  return 0;
}

// A subsystem that is taken from its port ends the controllers that came by it; the other side only
// sees a connection that broke.
int FakeHost::UnlinkNvmet(const std::string& path) {
  const auto file = files_.find(path);
  if (file == files_.end()) return ENOENT;
  if (file->second.info.type != FileType::kSymbolicLink) return EPERM;
  const std::vector<std::string> parts = PartsBelowRoot(path);
  files_.erase(file);
  if (parts[0] != "ports") return 0;
  for (Controller& controller : controllers_) {
    const bool through_here = controller.nqn == parts[3] &&
                              controller.port == fmt::format("{}/ports/{}", kRoot, parts[1]);
    if (through_here) SetState(controller, "connecting");
  }
  return 0;
}

int FakeHost::WriteNvmet(const std::string& path, std::string_view value) {
  const auto file = files_.find(path);
  if (file == files_.end()) return ENOENT;
  if (file->second.info.type != FileType::kRegular) return EISDIR;
  const std::vector<std::string> parts = PartsBelowRoot(path);
  const std::string folder = fmt::format("{}/{}/{}", kRoot, parts[0], parts[1]);
  if (parts[0] == "subsystems" && parts.size() == 5) {
    return WriteNvmetNamespace(folder + "/namespaces/" + parts[3], parts[4], Trimmed(value));
  }
  if (parts[0] == "ports" && parts.size() == 3 && HasChildren(folder + "/subsystems")) {
    return EACCES;
  }
  if (parts.back() == "attr_allow_any_host" && Trimmed(value) == "1" &&
      HasChildren(folder + "/allowed_hosts")) {
    return EINVAL;
  }
  file->second.content = Trimmed(value) + "\n";
  return 0;
}

int FakeHost::WriteNvmetNamespace(const std::string& folder, const std::string& attribute,
                                  const std::string& value) {
  const std::string nqn = PartsBelowRoot(folder)[1];
  const bool enabled = nvmet_sizes_.contains(folder);
  const bool sizes = attribute == "enable" || attribute == "revalidate_size";
  if (!sizes && attribute != "ana_grpid" && enabled) return EBUSY;
  if (!sizes) {
    files_.at(folder + "/" + attribute).content = value + "\n";
    return 0;
  }
  if (attribute == "enable" && value == "0") {
    nvmet_sizes_.erase(folder);
  } else {
    if (attribute == "revalidate_size" && !enabled) return EINVAL;
    const auto node = files_.find(NvmetValue(folder + "/device_path"));
    if (node == files_.end()) return ENOENT;
    const std::string size = fmt::format("/sys/block/dm-{}/size", node->second.info.number.minor);
    nvmet_sizes_[folder] = ParseInt64(NvmetValue(size)).value_or(0) * 512;
  }
  files_.at(folder + "/enable").content = nvmet_sizes_.contains(folder) ? "1\n" : "0\n";
  NamespaceChanged(nqn);
  return 0;
}

// The target announces it, and the host looks again.
void FakeHost::NamespaceChanged(const std::string& nqn) {
  std::vector<std::string> names;
  for (const Controller& controller : controllers_) {
    if (controller.nqn == nqn && !controller.port.empty()) names.push_back(controller.name);
  }
  for (const std::string& name : names) Rescan(name);
}

std::string FakeHost::NamespaceOf(const std::string& nqn) const {
  for (const auto& [folder, bytes] : nvmet_sizes_) {
    if (PartsBelowRoot(folder)[1] == nqn) return folder;
  }
  return "";
}

std::string FakeHost::PortAt(std::string_view address, std::string_view service) const {
  const std::string ports = fmt::format("{}/ports/", kRoot);
  for (auto file = files_.lower_bound(ports);
       file != files_.end() && file->first.starts_with(ports); ++file) {
    if (!file->first.ends_with("/addr_traddr")) continue;
    const std::string port = file->first.substr(0, file->first.rfind('/'));
    if (Trim(file->second.content) == address && NvmetValue(port + "/addr_trsvcid") == service) {
      return port;
    }
  }
  return "";
}

int FakeHost::AdmitLocally(const Controller& controller) const {
  if (!HasChildren(controller.port + "/subsystems")) return ECONNREFUSED;
  if (!files_.contains(controller.port + "/subsystems/" + controller.nqn)) return EIO;
  const std::string subsystem = fmt::format("{}/subsystems/{}", kRoot, controller.nqn);
  const bool admitted = NvmetValue(subsystem + "/attr_allow_any_host") == "1" ||
                        files_.contains(subsystem + "/allowed_hosts/" + controller.host_nqn);
  if (!admitted) return EIO;
  const auto target = targets_.find(controller.nqn);
  const bool alone = target != targets_.end() && !target->second.many_controllers;
  const bool others = std::any_of(
      controllers_.begin(), controllers_.end(),
      [&](const Controller& other) { return other.nqn == controller.nqn && other.port.empty(); });
  return alone && others ? EINVAL : 0;
}

}  // namespace rds_csi
