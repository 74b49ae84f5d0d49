// SPDX-License-Identifier: Apache-2.0
#include "sim/router/commands.h"

#include <map>

#include "sim/base/status_macros.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {

Handler FindHandler(const Command& command) {
  static const std::map<std::string, Handler, std::less<>> kHandlers = {
      {"/disk/add", AddDisk},
      {"/disk/set", SetDisks},
      {"/disk/comment", SetDisks},
      {"/disk/unset", UnsetDisks},
      {"/disk/enable", EnableDisks},
      {"/disk/disable", DisableDisks},
      {"/disk/remove", RemoveDisks},
      {"/disk/print", PrintDisks},
      {"/disk/find", PrintDisks},
      {"/disk/get", GetDisk},
      {"/file/add", AddFile},
      {"/file/copy", CopyFile},
      {"/file/remove", RemoveFiles},
      {"/file/print", PrintFiles},
      {"/file/find", PrintFiles},
      {"/file/get", GetFile},
      {"/disk/btrfs/subvolume/add", AddSubvolume},
      {"/disk/btrfs/subvolume/set", SetSubvolumes},
      {"/disk/btrfs/subvolume/remove", RemoveSubvolumes},
      {"/disk/btrfs/subvolume/print", PrintSubvolumes},
      {"/disk/btrfs/subvolume/find", PrintSubvolumes},
      {"/disk/btrfs/subvolume/get", GetSubvolume},
      {"/disk/btrfs/filesystem/print", PrintFilesystems},
      {"/disk/btrfs/filesystem/find", PrintFilesystems},
      {"/disk/btrfs/filesystem/get", GetFilesystem},
      {"/system/resource/print", PrintResource},
      {"/system/resource/get", PrintResource},
      {"/system/identity/print", PrintIdentity},
      {"/system/identity/get", PrintIdentity},
      {"/system/identity/set", SetIdentity},
  };
  const auto found = kHandlers.find(command.Path());
  return found == kHandlers.end() ? nullptr : found->second;
}

absl::StatusOr<Reply> GetFrom(absl::StatusOr<Reply> rows, const Command& command) {
  SIM_ASSIGN_OR_RETURN(Reply reply, std::move(rows));
  if (reply.rows.empty()) return NoSuchItem();
  if (const auto name = command.Find("value-name")) {
    const Record& row = reply.rows.front();
    if (*name != ".id" && row.Find(*name) == nullptr) return NoMatchingValue("value-name");
    reply.result = row.Get(*name);
  }
  return reply;
}

}  // namespace rds_csi::sim
