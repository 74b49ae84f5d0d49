// SPDX-License-Identifier: Apache-2.0
#include "nvme/connect.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "nvme/disconnect.h"
#include "nvme/rescan.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kReachTimeout = absl::Seconds(3);
constexpr absl::Duration kUndoTimeout = absl::Seconds(10);

bool IsLive(const NvmeController& controller) { return controller.state == "live"; }

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
  ASSIGN_OR_RETURN(const std::string options, FabricsOptions(target));
  const absl::StatusOr<std::string> reply =
      RunIo(host.exec, {"exchange", "/dev/nvme-fabrics"}, options, deadline);
  if (absl::IsAlreadyExists(reply.status())) return absl::OkStatus();
  if (!reply.ok()) return ExplainRefusal(reply.status(), target);
  return ParseFabricsReply(*reply).status();
}

std::string DescribeStates(const std::vector<NvmeController>& controllers) {
  if (controllers.empty()) return "no controller";
  std::vector<std::string> states;
  for (const NvmeController& controller : controllers) {
    states.push_back(fmt::format("{} {}", controller.name, controller.state));
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
    ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers,
                     FindControllers(host.files, nqn));
    ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device, FindNamespace(host.files, nqn));
    const bool live = std::any_of(controllers.begin(), controllers.end(), IsLive);
    if (live && device && device->size_bytes > 0) return *device;
    const absl::Time now = host.clock.Now();
    if (now >= deadline) {
      return absl::DeadlineExceededError(fmt::format("{} was connected, but is not usable: {}, {}",
                                                     nqn, DescribeStates(controllers),
                                                     device ? device->device : "no block device"));
    }
    if (live && !rescanned && now >= rescan_at) {
      // The kernel may have missed the announcement of the namespace. The wait goes on either way,
      // and it is the wait that reports.
      Rescan(host, controllers, deadline).IgnoreError();
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

}  // namespace

absl::StatusOr<Connection> Connect(const Host& host, const FabricsTarget& target,
                                   absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<NvmeController> before,
                   FindControllers(host.files, target.nqn));
  RETURN_IF_ERROR(RefuseForeignConnections(before, target));
  const bool dial = before.empty();
  if (dial) RETURN_IF_ERROR(Dial(host, target, deadline));

  absl::StatusOr<NvmeNamespace> device = WaitForDevice(host, target.nqn, deadline);
  if (!device.ok()) {
    if (dial) {
      Disconnect(host, target.nqn, host.clock.Now() + kUndoTimeout).IgnoreError();
    }
    return device.status();
  }
  return Connection{*device, dial};
}

}  // namespace rds_csi
