// SPDX-License-Identifier: Apache-2.0
#include "sim/router/disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace rds_csi::sim {
namespace {

// Settings that rds-sim keeps but gives no meaning to, with their defaults.
std::string Other(const Disk& disk, std::string_view name, std::string_view otherwise) {
  const auto found = disk.other.find(name);
  return std::string(found == disk.other.end() ? otherwise : std::string_view(found->second));
}

Value OtherYesNo(const Disk& disk, std::string_view name) {
  const std::string text = Other(disk, name, "no");
  return Value::YesNo(text == "yes" || text == "true");
}

void AddFlags(const Disk& disk, Record& record) {
  record.Add("block-device", Value::Flag(true));
  record.Add("disabled", Value::Flag(disk.disabled));
  record.Add("mounted", Value::Flag(!disk.is_file() && disk.mounted));
}

void AddIdentity(const Disk& disk, Record& record) {
  if (!disk.comment.empty()) record.Add("comment", Value::Text(disk.comment));
  record.Add("type", Value::Word(disk.type));
  record.Add("slot", Value::Text(disk.slot));
  record.Add("slot-default", Value::Text(""));
  record.Add("parent", Value::Text(Other(disk, "parent", "")));
}

void AddPoolSize(const Disk& disk, uint64_t free, Record& record) {
  record.Add("fs-label", Value::Text(disk.slot));
  record.Add("fs-uuid", Value::Word(disk.fs_uuid));
  record.Add("fs", Value::Word(disk.fs));
  record.Add("model", Value::Text("RAID0 striped"));
  record.Add("size", Value::Number(disk.size));
  if (!disk.mounted) return;
  record.Add("free", Value::Number(free));
  const uint64_t used = disk.size - std::min(free, disk.size);
  record.Add("use", Value::Percent(disk.size == 0 ? 0 : (used * 100 + disk.size / 2) / disk.size));
  record.Add("mount-point", Value::Text(disk.slot));
}

void AddFileSize(const Disk& disk, Record& record) {
  record.Add("fs", Value::Word("-"));
  record.Add("model", Value::Text(disk.file_path));
  record.Add("size", Value::Number(disk.file_size));
}

void AddSharing(const Disk& disk, Record& record) {
  record.Add("mount-filesystem", Value::YesNo(disk.mount_filesystem));
  record.Add("mount-read-only", OtherYesNo(disk, "mount-read-only"));
  record.Add("compress", OtherYesNo(disk, "compress"));
  record.Add("sector-size", Value::Plain(512));
  record.Add("raid-master", Value::Word(Other(disk, "raid-master", "none")));
  record.Add("nvme-tcp-export", Value::YesNo(disk.nvme_export));
  record.Add("nvme-tcp-server-port", Value::Plain(disk.nvme_port));
  record.Add("nvme-tcp-server-nqn", Value::Text(disk.nvme_nqn));
  record.Add("nvme-tcp-server-allow-host-name", Value::Text(disk.nvme_allow_host));
  record.Add("iscsi-export", OtherYesNo(disk, "iscsi-export"));
  record.Add("nfs-sharing", OtherYesNo(disk, "nfs-sharing"));
  record.Add("smb-sharing", OtherYesNo(disk, "smb-sharing"));
  record.Add("media-sharing", OtherYesNo(disk, "media-sharing"));
  record.Add("media-interface", Value::Word(Other(disk, "media-interface", "none")));
  record.Add("swap", OtherYesNo(disk, "swap"));
}

}  // namespace

Record DiskRecord(const Disk& disk, uint64_t free) {
  Record record{.id = FormatId(disk.id), .properties = {}};
  record.properties.reserve(32);
  AddFlags(disk, record);
  AddIdentity(disk, record);
  if (disk.is_file()) {
    AddFileSize(disk, record);
  } else {
    AddPoolSize(disk, free, record);
  }
  AddSharing(disk, record);
  if (disk.is_file()) {
    record.Add("file-path", Value::Word(disk.file_path));
    record.Add("file-size", Value::Size(disk.file_size));
    record.Add("file-offset", Value::Plain(0));
  } else {
    record.Add("state", Value::Text(disk.state));
  }
  return record;
}

}  // namespace rds_csi::sim
