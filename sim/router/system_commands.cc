// SPDX-License-Identifier: Apache-2.0
#include <ctime>

#include "sim/base/units.h"
#include "sim/router/commands.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

absl::StatusOr<Reply> OneObject(Record record, const Command& command) {
  Reply reply;
  reply.rows.push_back(std::move(record));
  return GetFrom(std::move(reply), command);
}

}  // namespace

absl::StatusOr<Reply> PrintResource(Machine& machine, const Command& command) {
  Record record;
  record.Add("uptime", Value::Word(FormatDuration(std::time(nullptr) - machine.booted)));
  record.Add("version", Value::Word(machine.schema.ReportedVersion()));
  record.Add("build-time", Value::Word("2026-09-29 08:00:00"));
  record.Add("cpu", Value::Word("ARM64"));
  record.Add("cpu-count", Value::Plain(16));
  record.Add("architecture-name", Value::Word("arm64"));
  record.Add("board-name", Value::Word("RDS2216"));
  record.Add("platform", Value::Word("MikroTik"));
  return OneObject(std::move(record), command);
}

absl::StatusOr<Reply> PrintIdentity(Machine& machine, const Command& command) {
  Record record;
  record.Add("name", Value::Word(machine.identity));
  return OneObject(std::move(record), command);
}

absl::StatusOr<Reply> SetIdentity(Machine& machine, const Command& command) {
  if (const auto name = command.Find("name")) machine.identity = *name;
  return Reply();
}

}  // namespace rds_csi::sim
