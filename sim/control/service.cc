// SPDX-License-Identifier: Apache-2.0
#include "sim/control/service.h"

#include "sim/router/trap.h"

namespace rds_csi::sim {

Service::Service(Router& router, Switches& switches, User user)
    : router_(router), switches_(switches), user_(std::move(user)) {}

bool Service::PasswordLogin(Door door, const std::string& name, const std::string& password) {
  const bool accepted = name == user_.name && password == user_.password;
  counters_.Login(door, accepted);
  return accepted;
}

void Service::RoundTrip(Door door) {
  counters_.RoundTrip(door);
  Wait(std::chrono::milliseconds(round_trip_ms_));
}

absl::StatusOr<Reply> Service::Run(const Command& command) {
  if (command.Writes() && !may_write_) return NotAllowed();
  return router_.Execute(command);
}

absl::StatusOr<Reply> Service::Execute(Door door, const Command& command) {
  counters_.Ran(command.Path());
  Wait(std::chrono::milliseconds(command_ms_));
  const std::optional<Fault> fault = faults_.Take(door, command.Text());
  if (!fault) return Run(command);
  Wait(fault->wait);
  switch (fault->action) {
    case Fault::Action::kError:
      return absl::FailedPreconditionError(fault->text);
    case Fault::Action::kGarbage:
      return absl::DataLossError(fault->text);
    case Fault::Action::kDropBefore:
      return absl::CancelledError();
    case Fault::Action::kDropAfter:
      Run(command).IgnoreError();
      return absl::CancelledError();
    case Fault::Action::kDelay:
      break;
  }
  return Run(command);
}

void Service::SetLatency(std::chrono::milliseconds round_trip, std::chrono::milliseconds command) {
  round_trip_ms_ = round_trip.count();
  command_ms_ = command.count();
}

void Service::Wait(std::chrono::milliseconds time) {
  if (time.count() <= 0) return;
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, time, [this] { return stopped_; });
}

void Service::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake_.notify_all();
}

}  // namespace rds_csi::sim
