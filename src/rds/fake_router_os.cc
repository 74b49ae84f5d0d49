// SPDX-License-Identifier: Apache-2.0
#include "rds/fake_router_os.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "model/volume_id.h"
#include "rds/ros_errors.h"

namespace rds_csi {
namespace {

using Verb = RosCommand::Verb;

constexpr int64_t kPoolSize = int64_t{1} << 40;

bool Matches(const RosRecord& row, const RosCommand& command) {
  return command.any_of.empty() ||
         std::any_of(command.any_of.begin(), command.any_of.end(), [&](const auto& term) {
           const auto found = row.find(term.first);
           return found != row.end() && found->second == term.second;
         });
}

RosRecord Only(const RosRecord& row, const std::vector<std::string>& properties) {
  if (properties.empty()) return row;
  RosRecord some;
  for (const std::string& property : properties) {
    const auto found = row.find(property);
    if (found != row.end()) some.insert(*found);
  }
  return some;
}

std::string Shown(const RosRecord& values) {
  std::string text;
  for (const auto& [property, value] : values) text += fmt::format(" {}={}", property, value);
  return text;
}

int64_t Number(const RosRecord& row, const std::string& property) {
  const auto found = row.find(property);
  return found == row.end() ? 0 : ParseInt64(found->second).value_or(0);
}

}  // namespace

FakeRouterOs::FakeRouterOs() {
  disks.push_back({{".id", "*F0"},
                   {"slot", "raid1"},
                   {"type", "raid"},
                   {"fs", "btrfs"},
                   {"state", "clean"},
                   {"mount-point", "storage-pool"},
                   {"size", fmt::format("{}", kPoolSize)},
                   {"free", fmt::format("{}", kPoolSize)},
                   {"nvme-tcp-export", "false"}});
}

RosRecord& FakeRouterOs::AddLegacyDisk(const std::string& id, int64_t size_bytes) {
  files.insert(fmt::format("storage-pool/csi/{}.img", id));
  disks.push_back({{".id", fmt::format("*{:X}", next_id_++)},
                   {"slot", id},
                   {"type", "file"},
                   {"file-path", fmt::format("/storage-pool/csi/{}.img", id)},
                   {"size", fmt::format("{}", size_bytes)},
                   {"nvme-tcp-export", "true"},
                   {"nvme-tcp-server-port", "4420"},
                   {"nvme-tcp-server-nqn", std::string(kNqnPrefix) + id},
                   {"nvme-tcp-server-allow-host-name", ""},
                   {"comment", ""}});
  return disks.back();
}

const RosRecord* FakeRouterOs::FindDisk(const std::string& slot) const {
  const auto found = std::find_if(disks.begin(), disks.end(),
                                  [&](const RosRecord& row) { return row.at("slot") == slot; });
  return found == disks.end() ? nullptr : &*found;
}

RosRecord& FakeRouterOs::Disk(const std::string& slot) {
  return const_cast<RosRecord&>(*FindDisk(slot));
}

absl::StatusOr<std::vector<RosRecord>> FakeRouterOs::Run(const RosCommand& command, absl::Time) {
  ++calls;
  RETURN_IF_ERROR(CheckCommand(command));
  commands.push_back(command);
  if (before) before(command);
  std::vector<Fault>& due = faults_[NameOf(command)];
  std::optional<Fault> fault;
  if (!due.empty()) {
    fault = due.front();
    due.erase(due.begin());
  }
  if (unreachable || fault == Fault::kUnreachable) {
    return Error(absl::StatusCode::kUnavailable, "RDS: connection refused");
  }
  absl::StatusOr<std::vector<RosRecord>> answer = std::vector<RosRecord>{};
  if (fault != Fault::kNeverArrives) answer = CarryOut(command);
  if (after) after(command);
  if (fault) return Error(absl::StatusCode::kDeadlineExceeded, "RDS: the connection broke");
  return answer;
}

absl::StatusOr<std::vector<RosRecord>> FakeRouterOs::CarryOut(const RosCommand& command) {
  if (command.verb == Verb::kPrint) return PrintRows(command);
  if (read_only) return RosError("failure: not allowed (9)", NameOf(command));
  if (command.verb == Verb::kRemove) {
    RETURN_IF_ERROR(Remove(command));
    return std::vector<RosRecord>{};
  }
  ASSIGN_OR_RETURN(const RosRecord row, command.verb == Verb::kAdd ? Add(command) : Set(command));
  return std::vector<RosRecord>{Only(row, command.properties)};
}

std::vector<RosRecord> FakeRouterOs::PrintRows(const RosCommand& command) const {
  if (command.menu == "/system/resource") return {{{"version", version}}};
  std::vector<RosRecord> rows;
  if (command.menu == "/file") {
    for (const std::string& name : files) rows.push_back({{"name", name}});
    return rows;
  }
  for (const RosRecord& row : disks) {
    if (Matches(row, command)) rows.push_back(Only(row, command.properties));
  }
  return rows;
}

absl::StatusOr<RosRecord> FakeRouterOs::Add(const RosCommand& command) {
  RosRecord row = command.values;
  if (FindDisk(row["slot"]) != nullptr) {
    return RosError("failure: already have such item", NameOf(command));
  }
  row[".id"] = fmt::format("*{:X}", next_id_++);
  row["nvme-tcp-export"] = row["nvme-tcp-export"] == "yes" ? "true" : "false";
  const int64_t size = Number(row, "file-size");
  row.erase("file-size");
  RETURN_IF_ERROR(Resize(row, size));
  for (const std::string& property : ignores) row[property] = "";
  if (const std::string& path = row["file-path"]; !path.empty()) files.insert(path.substr(1));
  disks.push_back(row);
  journal.push_back("add " + row["slot"]);
  return row;
}

absl::Status FakeRouterOs::Resize(RosRecord& row, int64_t size_bytes) {
  const int64_t more = size_bytes - Number(row, "size");
  const int64_t left = Number(Pool(), "free") - more;
  if (left < 0) return RosError("failure: not enough space", "/disk");
  row["size"] = fmt::format("{}", size_bytes);
  Pool()["free"] = fmt::format("{}", left);
  return absl::OkStatus();
}

absl::StatusOr<RosRecord> FakeRouterOs::Set(const RosCommand& command) {
  const auto row = std::find_if(disks.begin(), disks.end(), [&](const RosRecord& candidate) {
    return candidate.at(".id") == command.id;
  });
  if (row == disks.end()) return RosError("no such item", NameOf(command));
  const bool was_exported = row->at("nvme-tcp-export") == "true";
  for (const auto& [property, value] : command.values) {
    if (ignores.contains(property)) continue;
    if (property == "file-size") {
      RETURN_IF_ERROR(Resize(*row, ParseInt64(value).value_or(0)));
    } else {
      (*row)[property] = value == "yes" ? "true" : value == "no" ? "false" : value;
    }
  }
  journal.push_back(fmt::format("set {}{}", row->at("slot"), Shown(command.values)));
  if (was_exported && row->at("nvme-tcp-export") == "false") {
    journal.push_back("sessions dropped " + row->at("slot"));
  }
  return *row;
}

absl::Status FakeRouterOs::Remove(const RosCommand& command) {
  if (command.menu == "/file") {
    if (files.erase(command.id) == 0) return RosError("no such item", NameOf(command));
    journal.push_back("remove-file " + command.id);
    return absl::OkStatus();
  }
  const auto row = std::find_if(disks.begin(), disks.end(), [&](const RosRecord& candidate) {
    return candidate.at(".id") == command.id;
  });
  if (row == disks.end()) return RosError("no such item", NameOf(command));
  Pool()["free"] = fmt::format("{}", Number(Pool(), "free") + Number(*row, "size"));
  journal.push_back("remove " + row->at("slot"));
  disks.erase(row);
  return absl::OkStatus();
}

}  // namespace rds_csi
