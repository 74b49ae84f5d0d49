// SPDX-License-Identifier: Apache-2.0
#include "nvme/anchor_target.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "nvme/anchor_address.h"
#include "nvme/anchor_device.h"

namespace rds_csi {
namespace {

constexpr uint32_t kFolderMode = 0755;
constexpr std::string_view kHostNqnPrefix = "nqn.2014-08.org.nvmexpress:uuid:";
constexpr int kPortAttempts = 3;

// Far above what a target counts up from 1, since controller ids must differ in a subsystem.
constexpr std::string_view kFirstControllerId = "61000";
constexpr std::string_view kLastControllerId = "61999";

// How nvmet writes an identifier that the namespace has not got. It would make up a UUID itself.
std::string_view OrNone(std::string_view identifier) {
  return identifier.empty() ? "00000000-0000-0000-0000-000000000000" : identifier;
}

std::string SubsystemFolder(std::string_view nqn) {
  return fmt::format("{}/subsystems/{}", kNvmetFolder, nqn);
}

std::string PortFolder() { return fmt::format("{}/ports/{}", kNvmetFolder, kAnchorPort); }

std::string HostFolder(std::string_view host_nqn) {
  return fmt::format("{}/hosts/{}", kNvmetFolder, host_nqn);
}

std::string ReadTrimmed(Files& files, const std::string& path) {
  return std::string(Trim(files.Read(path).value_or("")));
}

absl::StatusOr<std::vector<std::string>> ListOrNone(Files& files, const std::string& path) {
  absl::StatusOr<std::vector<std::string>> names = files.List(path);
  if (absl::IsNotFound(names.status())) return std::vector<std::string>{};
  return names;
}

absl::Status NotFoundIsFine(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

// What is right already is not written: some attributes may not be, once there is a connection.
absl::Status SetAttribute(Files& files, const std::string& path, std::string_view value) {
  ASSIGN_OR_RETURN(const std::string now, files.Read(path));
  return Trim(now) == value ? absl::OkStatus() : files.Write(path, value);
}

absl::Status SetAttributes(
    Files& files, const std::string& folder,
    const std::vector<std::pair<std::string_view, std::string_view>>& attributes) {
  for (const auto& [name, value] : attributes) {
    RETURN_IF_ERROR(SetAttribute(files, fmt::format("{}/{}", folder, name), value));
  }
  return absl::OkStatus();
}

absl::Status Link(Files& files, const std::string& path, const std::string& to) {
  const absl::Status linked = files.CreateSymbolicLink(path, to);
  return absl::IsAlreadyExists(linked) ? absl::OkStatus() : linked;
}

bool IsLinkedToAPort(Files& files, const std::string& nqn) {
  const std::string ports = fmt::format("{}/ports", kNvmetFolder);
  for (const std::string& port : ListOrNone(files, ports).value_or(std::vector<std::string>{})) {
    if (files.Stat(fmt::format("{}/{}/subsystems/{}", ports, port, nqn)).ok()) return true;
  }
  return false;
}

bool IsBare(Files& files, const std::string& nqn) {
  const std::string folder = SubsystemFolder(nqn);
  for (const char* children : {"/namespaces", "/allowed_hosts"}) {
    const absl::StatusOr<std::vector<std::string>> names = files.List(folder + children);
    if (!names.ok() || !names->empty()) return false;
  }
  return ReadTrimmed(files, folder + "/attr_allow_any_host") == "0" && !IsLinkedToAPort(files, nqn);
}

absl::Status ProvideSubsystem(Files& files, const std::string& nqn, const HostIdentity& host) {
  const std::string folder = SubsystemFolder(nqn);
  RETURN_IF_ERROR(files.MakeDirectories(folder, kFolderMode));
  RETURN_IF_ERROR(SetAttributes(files, folder,
                                {{"attr_serial", kAnchorSerial},
                                 {"attr_model", host.id},
                                 {"attr_cntlid_min", kFirstControllerId},
                                 {"attr_cntlid_max", kLastControllerId},
                                 {"attr_allow_any_host", "0"}}));
  RETURN_IF_ERROR(files.MakeDirectories(HostFolder(host.nqn), kFolderMode));
  return Link(files, fmt::format("{}/allowed_hosts/{}", folder, host.nqn), HostFolder(host.nqn));
}

absl::Status ProvideNamespace(Files& files, const std::string& nqn, const NvmeNamespace& device) {
  ASSIGN_OR_RETURN(const std::optional<AnchorDevice> behind, FindAnchorDevice(files, nqn));
  if (!behind) return absl::UnavailableError(fmt::format("the anchor of {} has no device", nqn));
  const std::string folder = fmt::format("{}/namespaces/{}", SubsystemFolder(nqn), device.nsid);
  RETURN_IF_ERROR(files.MakeDirectories(folder, kFolderMode));
  return SetAttributes(files, folder,
                       {{"device_path", behind->path},
                        {"device_uuid", OrNone(device.uuid)},
                        {"device_nguid", OrNone(device.nguid)},
                        {"ana_grpid", "1"},
                        {"enable", "1"}});
}

absl::Status CheckPort(Files& files) {
  const std::string address = ReadTrimmed(files, PortFolder() + "/addr_traddr");
  if (address.empty() || address == kAnchorAddress) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "{} listens on {} and is not for anchors; it is left alone", PortFolder(), address));
}

// The ANA state goes first and the transport last: without it nothing can be linked, so whatever is
// linked, by whomever, is inaccessible from its first moment.
absl::Status ProvidePort(Files& files) {
  const std::string folder = PortFolder();
  RETURN_IF_ERROR(files.MakeDirectories(folder, kFolderMode));
  RETURN_IF_ERROR(CheckPort(files));
  const std::string port = fmt::format("{}", kAnchorPort);
  return SetAttributes(files, folder,
                       {{"ana_groups/1/ana_state", "inaccessible"},
                        {"addr_adrfam", "ipv4"},
                        {"addr_traddr", kAnchorAddress},
                        {"addr_trsvcid", port},
                        {"addr_trtype", "tcp"}});
}

absl::Status ExplainListening(const absl::Status& linked) {
  if (absl::IsInternal(linked)) {  // EINVAL: no such transport, EADDRINUSE: taken
    return absl::FailedPreconditionError(
        fmt::format("this kernel's nvmet does not listen on {}:{} ({}); is the module loaded "
                    "(modprobe nvmet-tcp), the TCP port free?",
                    kAnchorAddress, kAnchorPort, Message(linked)));
  }
  return linked;
}

// All anchors share the port, and whoever removes the last of them removes it: then it is made
// again.
absl::Status Listen(Files& files, const std::string& nqn) {
  const std::string link = fmt::format("{}/subsystems/{}", PortFolder(), nqn);
  absl::Status listening;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    listening = ProvidePort(files);
    if (listening.ok()) listening = Link(files, link, SubsystemFolder(nqn));
    if (!absl::IsNotFound(listening)) break;
  }
  if (absl::IsNotFound(listening)) return absl::UnavailableError(Message(listening));
  return ExplainListening(listening);
}

absl::Status StopListening(Files& files, const std::string& nqn) {
  RETURN_IF_ERROR(
      NotFoundIsFine(files.RemoveFile(fmt::format("{}/subsystems/{}", PortFolder(), nqn))));
  if (!CheckPort(files).ok()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> others,
                   ListOrNone(files, PortFolder() + "/subsystems"));
  if (!others.empty() || !files.Stat(PortFolder()).ok()) return absl::OkStatus();
  const absl::Status removed = NotFoundIsFine(files.RemoveDirectory(PortFolder()));
  return absl::IsFailedPrecondition(removed) ? absl::OkStatus() : removed;  // taken just now
}

absl::Status RemoveNamespaces(Files& files, const std::string& nqn) {
  const std::string folder = SubsystemFolder(nqn) + "/namespaces";
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, folder));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(SetAttribute(files, fmt::format("{}/{}/enable", folder, name), "0"));
    RETURN_IF_ERROR(files.RemoveDirectory(fmt::format("{}/{}", folder, name)));
  }
  return absl::OkStatus();
}

// A host that other subsystems admit as well stays.
absl::Status RemoveHost(Files& files, const std::string& host_nqn) {
  if (!files.Stat(HostFolder(host_nqn)).ok()) return absl::OkStatus();
  const absl::Status removed = NotFoundIsFine(files.RemoveDirectory(HostFolder(host_nqn)));
  return absl::IsFailedPrecondition(removed) ? absl::OkStatus() : removed;
}

absl::Status RemoveHosts(Files& files, const std::string& nqn) {
  const std::string folder = SubsystemFolder(nqn);
  const std::string model = ReadTrimmed(files, folder + "/attr_model");
  ASSIGN_OR_RETURN(std::vector<std::string> hosts, ListOrNone(files, folder + "/allowed_hosts"));
  for (const std::string& host : hosts) {
    RETURN_IF_ERROR(files.RemoveFile(fmt::format("{}/allowed_hosts/{}", folder, host)));
    RETURN_IF_ERROR(RemoveHost(files, host));
  }
  return RemoveHost(files, fmt::format("{}{}", kHostNqnPrefix, model));
}

}  // namespace

absl::StatusOr<AnchorTarget> FindAnchorTarget(Files& files, const std::string& nqn) {
  const std::string folder = SubsystemFolder(nqn);
  const absl::StatusOr<std::string> serial = files.Read(folder + "/attr_serial");
  if (absl::IsNotFound(serial.status())) return AnchorTarget::kNone;
  if (!serial.ok()) return serial.status();
  if (Trim(*serial) == kAnchorSerial) return AnchorTarget::kOurs;
  ASSIGN_OR_RETURN(const std::optional<AnchorDevice> device, FindAnchorDevice(files, nqn));
  return device && IsBare(files, nqn) ? AnchorTarget::kOurs : AnchorTarget::kForeign;
}

bool AnchorTargetFits(Files& files, const std::string& nqn, const HostIdentity& host,
                      const NvmeNamespace& device) {
  const std::string folder = SubsystemFolder(nqn);
  const auto only = [&](const char* children, const std::string& wanted) {
    const auto names = ListOrNone(files, folder + children);
    return names.ok() && (names->empty() || *names == std::vector<std::string>{wanted});
  };
  const std::string nsid = fmt::format("{}", device.nsid);
  if (!only("/allowed_hosts", host.nqn) || !only("/namespaces", nsid)) return false;
  const std::string one = fmt::format("{}/namespaces/{}", folder, nsid);
  if (ReadTrimmed(files, one + "/enable") != "1") return true;  // the rest can still be set
  return ReadTrimmed(files, one + "/device_uuid") == OrNone(device.uuid) &&
         ReadTrimmed(files, one + "/device_nguid") == OrNone(device.nguid);
}

absl::Status ProvideAnchorTarget(Files& files, const std::string& nqn, const HostIdentity& host,
                                 const NvmeNamespace& device) {
  RETURN_IF_ERROR(CheckPort(files));
  RETURN_IF_ERROR(ProvideSubsystem(files, nqn, host));
  RETURN_IF_ERROR(ProvideNamespace(files, nqn, device));
  return Listen(files, nqn);
}

absl::Status RefreshAnchorTarget(Files& files, const std::string& nqn) {
  const std::string folder = SubsystemFolder(nqn) + "/namespaces";
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, folder));
  for (const std::string& name : names) {
    if (ReadTrimmed(files, fmt::format("{}/{}/enable", folder, name)) != "1") continue;
    RETURN_IF_ERROR(files.Write(fmt::format("{}/{}/revalidate_size", folder, name), "1"));
  }
  return absl::OkStatus();
}

absl::Status RemoveAnchorTarget(Files& files, const std::string& nqn) {
  const std::string folder = SubsystemFolder(nqn);
  if (!files.Stat(folder).ok()) return absl::OkStatus();
  RETURN_IF_ERROR(StopListening(files, nqn));
  RETURN_IF_ERROR(RemoveNamespaces(files, nqn));
  RETURN_IF_ERROR(RemoveHosts(files, nqn));
  return NotFoundIsFine(files.RemoveDirectory(folder));
}

absl::StatusOr<std::vector<std::string>> FindAnchorTargets(Files& files) {
  const std::string folder = fmt::format("{}/subsystems", kNvmetFolder);
  ASSIGN_OR_RETURN(std::vector<std::string> nqns, ListOrNone(files, folder));
  std::erase_if(nqns, [&](const std::string& nqn) {
    return ReadTrimmed(files, fmt::format("{}/{}/attr_serial", folder, nqn)) != kAnchorSerial;
  });
  return nqns;
}

}  // namespace rds_csi
