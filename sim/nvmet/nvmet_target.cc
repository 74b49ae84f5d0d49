// SPDX-License-Identifier: Apache-2.0
#include "sim/nvmet/nvmet_target.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/status_macros.h"

namespace rds_csi::sim {
namespace {

// Keeps a port listening that has no export yet; nobody is allowed to connect to it.
constexpr std::string_view kPlaceholder = "nqn.2000-02.com.mikrotik:rds-sim-has-no-exports-yet";

std::string SubsystemPath(std::string_view nqn) { return fmt::format("subsystems/{}", nqn); }

std::string NamespacePath(std::string_view nqn) {
  return fmt::format("subsystems/{}/namespaces/1", nqn);
}

std::string AllowedPath(std::string_view nqn) {
  return fmt::format("subsystems/{}/allowed_hosts", nqn);
}

std::string PortPath(uint64_t port) { return fmt::format("ports/{}", port); }

// At most 20 characters; the same for the same disk.
std::string SerialOf(const Export& wanted) {
  std::string serial = wanted.uuid;
  serial.erase(std::remove(serial.begin(), serial.end(), '-'), serial.end());
  return serial.substr(0, 16);
}

bool Contains(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

}  // namespace

NvmetTarget::NvmetTarget(ConfigTree& tree, Backings& backings, std::string address,
                         std::string files_root)
    : tree_(tree),
      backings_(backings),
      address_(std::move(address)),
      files_root_(std::move(files_root)) {}

NvmetTarget::~NvmetTarget() {
  const auto devices = devices_;  // Withdraw changes it
  for (const auto& [nqn, device] : devices) Withdraw(nqn);
  Withdraw(std::string(kPlaceholder));
}

void NvmetTarget::RemoveLeftovers() {
  for (const std::string& nqn : tree_.List("subsystems")) {
    const auto device = tree_.Read(NamespacePath(nqn) + "/device_path");
    const bool ours = device.ok() && backings_.FileOf(*device).rfind(files_root_ + "/", 0) == 0;
    if (ours || nqn == kPlaceholder) Withdraw(nqn);
  }
}

absl::Status NvmetTarget::Publish(const Export& wanted) {
  absl::Status status = MakeSubsystem(wanted);
  if (status.ok()) status = MakeNamespace(wanted);
  if (status.ok()) status = LinkToPort(wanted.nqn, wanted.port);
  if (!status.ok()) {
    Withdraw(wanted.nqn);
    return status;
  }
  EndBoot(wanted.port);
  return absl::OkStatus();
}

// After the first link of an export, so that the port never stops listening.
void NvmetTarget::EndBoot(uint64_t port) {
  tree_.Unlink(fmt::format("{}/subsystems/{}", PortPath(port), kPlaceholder)).IgnoreError();
  tree_.RemoveDirectory(SubsystemPath(kPlaceholder)).IgnoreError();  // another port may need it
}

absl::Status NvmetTarget::MakeSubsystem(const Export& wanted) {
  SIM_RETURN_IF_ERROR(tree_.MakeDirectory(SubsystemPath(wanted.nqn)));
  SIM_RETURN_IF_ERROR(tree_.Write(SubsystemPath(wanted.nqn) + "/attr_serial", SerialOf(wanted)));
  return AllowHosts(wanted);
}

absl::Status NvmetTarget::MakeNamespace(const Export& wanted) {
  const std::string path = NamespacePath(wanted.nqn);
  SIM_ASSIGN_OR_RETURN(const Backing backing, backings_.Attach(wanted.file));
  SIM_RETURN_IF_ERROR(tree_.MakeDirectory(path));
  SIM_RETURN_IF_ERROR(tree_.Write(path + "/device_path", backing.path));
  SIM_RETURN_IF_ERROR(tree_.Write(path + "/device_uuid", wanted.uuid));
  if (backing.is_file) SIM_RETURN_IF_ERROR(tree_.Write(path + "/buffered_io", "1"));
  SIM_RETURN_IF_ERROR(tree_.Write(path + "/enable", "1"));
  devices_[wanted.nqn] = backing.path;
  return absl::OkStatus();
}

// "Any host" and a list exclude each other in the kernel, so one goes before the other comes.
absl::Status NvmetTarget::AllowHosts(const Export& wanted) {
  const std::string any = SubsystemPath(wanted.nqn) + "/attr_allow_any_host";
  if (wanted.hosts.empty()) return tree_.Write(any, "1");
  SIM_RETURN_IF_ERROR(tree_.Write(any, "0"));
  for (const std::string& host : wanted.hosts) {
    SIM_RETURN_IF_ERROR(tree_.MakeDirectory("hosts/" + host));
    SIM_RETURN_IF_ERROR(tree_.Link("hosts/" + host, AllowedPath(wanted.nqn) + "/" + host));
  }
  return absl::OkStatus();
}

void NvmetTarget::ForbidHosts(const std::string& nqn, const std::vector<std::string>& but) {
  for (const std::string& host : tree_.List(AllowedPath(nqn))) {
    if (Contains(but, host)) continue;
    tree_.Unlink(AllowedPath(nqn) + "/" + host).IgnoreError();
    tree_.RemoveDirectory("hosts/" + host).IgnoreError();  // another export may still admit it
  }
}

absl::Status NvmetTarget::ChangeHosts(const Export& wanted, bool drop_sessions) {
  if (drop_sessions) UnlinkFromPorts(wanted.nqn);
  ForbidHosts(wanted.nqn, wanted.hosts);
  SIM_RETURN_IF_ERROR(AllowHosts(wanted));
  return drop_sessions ? LinkToPort(wanted.nqn, wanted.port) : absl::OkStatus();
}

absl::Status NvmetTarget::FollowSize(const Export& wanted) {
  const auto device = devices_.find(wanted.nqn);
  if (device == devices_.end()) return absl::OkStatus();
  SIM_RETURN_IF_ERROR(backings_.Grow(device->second));
  return tree_.Write(NamespacePath(wanted.nqn) + "/revalidate_size", "1");
}

absl::Status NvmetTarget::ProvidePort(uint64_t port) {
  const std::string path = PortPath(port);
  if (const auto taken = tree_.Read(path + "/addr_traddr"); taken.ok() && !taken->empty()) {
    if (*taken == address_) return absl::OkStatus();
    return absl::UnavailableError(
        fmt::format("{} listens on {}, not on {}", path, *taken, address_));
  }
  const bool ipv6 = address_.find(':') != std::string::npos;
  SIM_RETURN_IF_ERROR(tree_.MakeDirectory(path));
  SIM_RETURN_IF_ERROR(tree_.Write(path + "/addr_trtype", "tcp"));
  SIM_RETURN_IF_ERROR(tree_.Write(path + "/addr_adrfam", ipv6 ? "ipv6" : "ipv4"));
  SIM_RETURN_IF_ERROR(tree_.Write(path + "/addr_traddr", address_));
  return tree_.Write(path + "/addr_trsvcid", fmt::format("{}", port));
}

absl::Status NvmetTarget::LinkToPort(const std::string& nqn, uint64_t port) {
  SIM_RETURN_IF_ERROR(ProvidePort(port));
  return tree_.Link(SubsystemPath(nqn), fmt::format("{}/subsystems/{}", PortPath(port), nqn));
}

void NvmetTarget::UnlinkFromPorts(const std::string& nqn) {
  for (const std::string& port : tree_.List("ports")) {
    tree_.Unlink(fmt::format("ports/{}/subsystems/{}", port, nqn)).IgnoreError();
  }
}

void NvmetTarget::Withdraw(const std::string& nqn) {
  UnlinkFromPorts(nqn);
  // What is left of a half-made export goes as well, so errors only mean that it was not there.
  tree_.Write(NamespacePath(nqn) + "/enable", "0").IgnoreError();
  tree_.RemoveDirectory(NamespacePath(nqn)).IgnoreError();
  ForbidHosts(nqn, {});
  tree_.RemoveDirectory(SubsystemPath(nqn)).IgnoreError();
  devices_.erase(nqn);
  for (const std::string& port : tree_.List("ports")) {
    const bool ours = tree_.Read("ports/" + port + "/addr_traddr").value_or("") == address_;
    if (ours && tree_.List("ports/" + port + "/subsystems").empty()) {
      tree_.RemoveDirectory("ports/" + port).IgnoreError();
    }
  }
}

absl::Status NvmetTarget::ListenWithoutExports(uint64_t port) {
  const std::string nqn(kPlaceholder);
  SIM_RETURN_IF_ERROR(tree_.MakeDirectory(SubsystemPath(nqn)));
  return LinkToPort(nqn, port);
}

}  // namespace rds_csi::sim
