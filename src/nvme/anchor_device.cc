// SPDX-License-Identifier: Apache-2.0
#include "nvme/anchor_device.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr std::string_view kPrefix = "rds-csi-";
constexpr size_t kNameDigits = 28;
constexpr size_t kLongestUuid = 128;  // DM_UUID_LEN without its end
constexpr int64_t kSectorBytes = 512;

std::string NameOf(std::string_view nqn) {
  return fmt::format("{}{}", kPrefix, Sha256Hex(nqn).substr(0, kNameDigits));
}

std::string UuidOf(std::string_view nqn) {
  std::string uuid = fmt::format("{}{}", kPrefix, nqn);
  return uuid.size() <= kLongestUuid ? uuid : NameOf(nqn);
}

std::string TableOf(int64_t size_bytes) {
  return fmt::format("0 {} error\n", size_bytes / kSectorBytes);
}

std::string ReadTrimmed(Files& files, const std::string& path) {
  return std::string(Trim(files.Read(path).value_or("")));
}

// The folders of all device-mapper devices in sysfs.
absl::StatusOr<std::vector<std::string>> FindFolders(Files& files) {
  absl::StatusOr<std::vector<std::string>> names = files.List("/sys/block");
  if (!names.ok()) return names.status();
  std::vector<std::string> folders;
  for (const std::string& name : *names) {
    if (name.starts_with("dm-")) folders.push_back("/sys/block/" + name);
  }
  return folders;
}

// In a container there is no udev to wait for, and where there is one, it is not to look into a
// device that only answers with errors.
absl::Status Dmsetup(const Host& host, std::vector<std::string> arguments, std::string_view table,
                     absl::Time deadline) {
  arguments.insert(arguments.begin(), "dmsetup");
  arguments.insert(arguments.end(), {"--noudevsync", "--noudevrules"});
  const absl::StatusOr<ExecResult> result = host.exec.Run(arguments, table, deadline);
  if (absl::IsNotFound(result.status())) {
    return absl::FailedPreconditionError("dmsetup is not installed (package dmsetup)");
  }
  if (!result.ok()) return result.status();
  if (result->exit_code == 0) return absl::OkStatus();
  const std::string words = Join({arguments[0], arguments[1], arguments[2]}, " ") + ": " +
                            std::string(Trim(result->errors));
  if (words.find("kernel device-mapper driver") != std::string::npos) {
    return absl::FailedPreconditionError(words + " (modprobe dm_mod)");
  }
  return absl::UnavailableError(words);
}

// Exchanges the table: the kernel suspends the device itself while it does.
absl::Status LoadTable(const Host& host, const std::string& name, int64_t size_bytes,
                       absl::Time deadline) {
  RETURN_IF_ERROR(Dmsetup(host, {"load", name}, TableOf(size_bytes), deadline));
  return Dmsetup(host, {"resume", name}, "", deadline);
}

}  // namespace

absl::StatusOr<std::optional<AnchorDevice>> FindAnchorDevice(Files& files, std::string_view nqn) {
  const std::string name = NameOf(nqn);
  ASSIGN_OR_RETURN(const std::vector<std::string> folders, FindFolders(files));
  for (const std::string& folder : folders) {
    if (ReadTrimmed(files, folder + "/dm/name") != name) continue;
    const int64_t sectors = ParseInt64(ReadTrimmed(files, folder + "/size")).value_or(0);
    return AnchorDevice{.path = "/dev/" + folder.substr(folder.rfind('/') + 1),
                        .size_bytes = sectors * kSectorBytes,
                        .suspended = ReadTrimmed(files, folder + "/dm/suspended") == "1"};
  }
  return std::nullopt;
}

absl::Status ProvideAnchorDevice(const Host& host, std::string_view nqn, int64_t size_bytes,
                                 absl::Time deadline) {
  const std::string name = NameOf(nqn);
  ASSIGN_OR_RETURN(const std::optional<AnchorDevice> device, FindAnchorDevice(host.files, nqn));
  if (!device) {
    return Dmsetup(host, {"create", name, "--uuid", UuidOf(nqn)}, TableOf(size_bytes), deadline);
  }
  if (device->size_bytes == size_bytes && !device->suspended) return absl::OkStatus();
  return LoadTable(host, name, size_bytes, deadline);
}

absl::Status RemoveAnchorDevice(const Host& host, std::string_view nqn, absl::Time deadline) {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<AnchorDevice> device, FindAnchorDevice(host.files, nqn));
    if (!device) return absl::OkStatus();
    const uint64_t seen = host.events.Count();
    absl::Status removed = Dmsetup(host, {"remove", NameOf(nqn)}, "", deadline);
    if (!removed.ok() && !absl::IsUnavailable(removed)) return removed;
    if (removed.ok()) continue;
    if (host.clock.Now() >= deadline) {
      return absl::DeadlineExceededError(
          fmt::format("the device of the anchor of {} is not gone yet: {}", nqn, Message(removed)));
    }
    host.events.Wait(seen, deadline);
  }
}

absl::StatusOr<std::vector<std::string>> FindAnchorDevices(Files& files) {
  ASSIGN_OR_RETURN(const std::vector<std::string> folders, FindFolders(files));
  std::vector<std::string> nqns;
  for (const std::string& folder : folders) {
    const std::string uuid = ReadTrimmed(files, folder + "/dm/uuid");
    if (!uuid.starts_with(kPrefix)) continue;
    const std::string nqn = uuid.substr(kPrefix.size());
    if (NameOf(nqn) == ReadTrimmed(files, folder + "/dm/name")) nqns.push_back(nqn);
  }
  return nqns;
}

}  // namespace rds_csi
