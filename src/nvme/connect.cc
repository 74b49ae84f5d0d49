// SPDX-License-Identifier: Apache-2.0
#include "nvme/connect.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "nvme/anchor_address.h"
#include "nvme/controllers.h"
#include "nvme/link.h"
#include "nvme/rescan.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kReachTimeout = absl::Seconds(3);
constexpr absl::Duration kUndoTimeout = absl::Seconds(10);

// A target that answers TCP is one that the kernel will not wait long for.
absl::StatusOr<std::string> Reach(const Host& host, const HostPort& address, absl::Time deadline) {
  const absl::Time until = std::min(deadline, host.clock.Now() + kReachTimeout);
  const int64_t milliseconds =
      std::max<int64_t>(1, absl::ToInt64Milliseconds(until - host.clock.Now()));
  const absl::StatusOr<std::string> numeric = RunIo(
      host.exec,
      {"reach", address.host, fmt::format("{}", address.port), fmt::format("{}", milliseconds)},
      /*input=*/"", until + absl::Seconds(1));
  if (!numeric.ok()) {
    return absl::UnavailableError(fmt::format("the RDS cannot be reached at {}: {}",
                                              ToString(address), Message(numeric.status())));
  }
  return std::string(Trim(*numeric));
}

// What the kernel's refusal means to the one who has to do something about it.
absl::Status ExplainRefusal(const absl::Status& refusal, const FabricsTarget& target) {
  switch (refusal.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kInternal:  // EINVAL: "no handler found for transport tcp", old options
      return absl::FailedPreconditionError(
          fmt::format("this kernel does not take the NVMe/TCP connect of {} ({}); is the module "
                      "loaded? (modprobe nvme_tcp; the kernel log has the reason)",
                      target.nqn, Message(refusal)));
    case absl::StatusCode::kUnavailable:
      return absl::UnavailableError(
          fmt::format("the RDS at {} refused {} to {} ({}): it does not export the volume, or not "
                      "to this attachment; the kernel log has the reason",
                      ToString(target.address), target.nqn, target.host.nqn, Message(refusal)));
    default:
      return Annotate(refusal, fmt::format("connecting {}", target.nqn));
  }
}

// Asks the kernel to connect. A connection that is there already is success: what it is worth is
// seen when we wait for it.
absl::Status Dial(const Host& host, FabricsTarget target, absl::Time deadline) {
  ASSIGN_OR_RETURN(target.address.host, Reach(host, target.address, deadline));
  const absl::Status connected = ConnectController(host, target, deadline).status();
  if (connected.ok() || absl::IsAlreadyExists(connected)) return absl::OkStatus();
  return ExplainRefusal(connected, target);
}

// A namespace whose size the kernel has not read yet is of no use.
bool IsUsable(const Link& link) { return link.works() && link.device->size_bytes > 0; }

std::string Describe(const Link& link) {
  std::vector<std::string> states;
  for (const NvmeController& controller : link.to_rds) {
    states.push_back(fmt::format("{} {}", controller.name, controller.state));
  }
  if (states.empty()) states.emplace_back("no controller");
  if (!link.device) {
    states.emplace_back("no block device");
  } else if (link.is_live()) {
    states.push_back(
        fmt::format("{} has another identity than its namespace", link.device->device));
  } else {
    states.push_back(link.device->device);
  }
  return Join(states, ", ");
}

// A head without a live path queues I/O for ever: the device counts when both are there.
absl::StatusOr<NvmeNamespace> WaitForDevice(const Host& host, const std::string& nqn,
                                            absl::Time deadline) {
  const absl::Time rescan_at = host.clock.Now() + (deadline - host.clock.Now()) / 3;
  bool rescanned = false;
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(const Link link, FindLink(host.files, nqn));
    if (IsUsable(link)) return *link.device;
    const absl::Time now = host.clock.Now();
    if (now >= deadline) {
      return absl::DeadlineExceededError(
          fmt::format("{} was connected, but is not usable: {}", nqn, Describe(link)));
    }
    if (link.is_live() && !rescanned && now >= rescan_at) {
      // The kernel may have missed the announcement of the namespace. The wait goes on either way,
      // and it is the wait that reports.
      Rescan(host, link.to_rds, deadline).IgnoreError();
      rescanned = true;
    }
    host.events.Wait(seen, deadline);
  }
}

absl::Status RefuseForeignConnections(const std::vector<NvmeController>& controllers,
                                      const FabricsTarget& target) {
  for (const NvmeController& controller : controllers) {
    if (controller.host_nqn == target.host.nqn) continue;
    return absl::FailedPreconditionError(
        fmt::format("{} is still connected as {} ({} {}), from another attachment; it must be "
                    "unstaged first, or its unwritten pages would reach the volume",
                    target.nqn, controller.host_nqn, controller.name, controller.state));
  }
  return absl::OkStatus();
}

// Whose pages wait on a block device that no controller holds is not known.
absl::Status RefuseOrphan(const Host& host, const std::string& nqn) {
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device, FindNamespace(host.files, nqn));
  if (!device) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "{} of {} outlived its connection, and it is not known of which attachment it is; "
      "it must be gone first, or its unwritten pages would reach the volume",
      device->device, nqn));
}

}  // namespace

absl::StatusOr<Connection> Connect(const Host& host, const FabricsTarget& target,
                                   absl::Time deadline, Orphan orphan) {
  ASSIGN_OR_RETURN(const std::vector<NvmeController> before,
                   FindControllers(host.files, target.nqn));
  RETURN_IF_ERROR(RefuseForeignConnections(before, target));
  if (before.empty() && orphan == Orphan::kRefuse) {
    RETURN_IF_ERROR(RefuseOrphan(host, target.nqn));
  }
  const bool dial = WithoutAnchors(before).empty();
  if (dial) RETURN_IF_ERROR(Dial(host, target, deadline));

  absl::StatusOr<NvmeNamespace> device = WaitForDevice(host, target.nqn, deadline);
  if (!device.ok()) {
    if (dial) {
      RemoveControllers(host, target.nqn, ControllerKind::kRds, host.clock.Now() + kUndoTimeout)
          .IgnoreError();
    }
    return device.status();
  }
  return Connection{*device, dial};
}

}  // namespace rds_csi
