// SPDX-License-Identifier: Apache-2.0
#include "model/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/text.h"
#include "model/fields.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestMountFlag = 128;

constexpr std::string_view kOtherPlace =
    "it would change what is mounted, where, or who sees the mount";
constexpr std::string_view kOtherDevice =
    "it would bring another device of the node into the volume";
constexpr std::string_view kOnlyFstab = "only mount(8) and fstab give it a meaning";
constexpr std::string_view kDefault = "it is the default, leave it out";

struct Refusal {
  std::string_view name;
  std::string_view reason;
};

constexpr auto kRefused = std::to_array<Refusal>({
    {"bind", kOtherPlace},
    {"rbind", kOtherPlace},
    {"move", kOtherPlace},
    {"remount", kOtherPlace},
    {"loop", kOtherPlace},
    {"offset", kOtherPlace},
    {"sizelimit", kOtherPlace},
    {"shared", kOtherPlace},
    {"rshared", kOtherPlace},
    {"private", kOtherPlace},
    {"rprivate", kOtherPlace},
    {"slave", kOtherPlace},
    {"rslave", kOtherPlace},
    {"unbindable", kOtherPlace},
    {"runbindable", kOtherPlace},
    {"sb", kOtherPlace},
    {"journal_dev", kOtherDevice},
    {"journal_path", kOtherDevice},
    {"logdev", kOtherDevice},
    {"rtdev", kOtherDevice},
    {"device", kOtherDevice},
    {"user", kOnlyFstab},
    {"users", kOnlyFstab},
    {"owner", kOnlyFstab},
    {"group", kOnlyFstab},
    {"helper", kOnlyFstab},
    {"uhelper", kOnlyFstab},
    {"comment", kOnlyFstab},
    {"exec", kDefault},
    {"dev", kDefault},
    {"suid", kDefault},
});

constexpr auto kDropped =
    std::to_array<std::string_view>({"defaults", "auto", "noauto", "nofail", "nouser", "_netdev"});

bool IsNameCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || c == '_';
}

bool IsValueCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("_.:/%+-").find(c) != std::string_view::npos;
}

bool HasShapeOfAFlag(std::string_view flag) {
  const size_t equals = flag.find('=');
  const std::string_view name = flag.substr(0, equals);
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameCharacter)) return false;
  if (equals == std::string_view::npos) return true;
  const std::string_view value = flag.substr(equals + 1);
  return !value.empty() && std::all_of(value.begin(), value.end(), IsValueCharacter);
}

absl::Status Invalid(std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, message);
}

absl::Status RefuseFlag(std::string_view flag, std::string_view reason) {
  return Invalid(fmt::format("mount flag {} is not allowed: {}", Quoted(flag), reason));
}

absl::Status CheckFilesystem(const Capability& capability) {
  if (capability.mode == AccessMode::kMultiNodeMultiWriter) {
    return Invalid(fmt::format(
        "access mode {} is for block volumes only: a filesystem on two nodes at once would be "
        "destroyed; set volumeMode: Block in the PersistentVolumeClaim",
        NameOf(capability.mode)));
  }
  if (!capability.fs_type.empty()) {
    RETURN_IF_ERROR(Annotate(ParseFsType(capability.fs_type).status(), "fs_type"));
  }
  for (const std::string& flag : capability.mount_flags) RETURN_IF_ERROR(CheckMountFlag(flag));
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(FsType type) {
  switch (type) {
    case FsType::kExt4:
      return "ext4";
    case FsType::kExt3:
      return "ext3";
    case FsType::kXfs:
      return "xfs";
  }
  return "";  // no other value exists
}

std::optional<FsType> FindFsType(std::string_view text) {
  for (const FsType type : {FsType::kExt4, FsType::kExt3, FsType::kXfs}) {
    if (NameOf(type) == text) return type;
  }
  return std::nullopt;
}

std::string_view NameOf(AccessMode mode) {
  switch (mode) {
    case AccessMode::kSingleNodeWriter:
      return "SINGLE_NODE_WRITER";
    case AccessMode::kSingleNodeReaderOnly:
      return "SINGLE_NODE_READER_ONLY";
    case AccessMode::kSingleNodeSingleWriter:
      return "SINGLE_NODE_SINGLE_WRITER";
    case AccessMode::kSingleNodeMultiWriter:
      return "SINGLE_NODE_MULTI_WRITER";
    case AccessMode::kMultiNodeMultiWriter:
      return "MULTI_NODE_MULTI_WRITER";
  }
  return "";  // no other value exists
}

bool IsForReading(const Capability& capability) {
  return capability.mode == AccessMode::kSingleNodeReaderOnly;
}

absl::Status CheckCapability(const Capability& capability) {
  return capability.block ? absl::OkStatus() : CheckFilesystem(capability);
}

absl::Status CheckMountFlag(std::string_view flag) {
  if (flag.size() > kLongestMountFlag) return RefuseFlag(flag, "it is longer than 128 characters");
  if (!HasShapeOfAFlag(flag)) {
    return RefuseFlag(flag,
                      "it must read name or name=value, with [a-z0-9_] in the name and "
                      "[A-Za-z0-9_.:/%+-] in the value");
  }
  if (flag == "errors=panic") return RefuseFlag(flag, "it would let one volume halt the node");
  const std::string_view name = flag.substr(0, flag.find('='));
  const auto refused = std::find_if(kRefused.begin(), kRefused.end(),
                                    [&](const Refusal& r) { return r.name == name; });
  if (refused != kRefused.end()) return RefuseFlag(flag, refused->reason);
  return absl::OkStatus();
}

std::vector<std::string> KernelMountFlags(const std::vector<std::string>& flags) {
  std::vector<std::string> kept;
  for (const std::string& flag : flags) {
    if (std::find(kDropped.begin(), kDropped.end(), flag) == kDropped.end()) kept.push_back(flag);
  }
  return kept;
}

}  // namespace rds_csi
