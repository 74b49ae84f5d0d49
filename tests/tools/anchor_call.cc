// SPDX-License-Identifier: Apache-2.0
//
// anchor-call: makes, grows, removes and finds anchors, and connects and disconnects volumes, with
// the driver's own code and on this very machine, so that a test on a real kernel can try them
// without the rest of the driver.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "base/status.h"
#include "host/linux_host.h"
#include "nvme/anchor.h"
#include "nvme/connect.h"
#include "nvme/disconnect.h"
#include "nvme/namespace_size.h"

namespace rds_csi {
namespace {

struct Arguments {
  std::string nqn;
  HostIdentity identity;
  HostPort address;
  int64_t size_bytes = 0;
  int seconds = 30;
  int ctrl_loss_seconds = -1;
  bool join_orphan = false;
};

absl::Status PrintConnected(const Host& host, const Arguments& arguments, absl::Time deadline) {
  const FabricsTarget target = {.address = arguments.address,
                                .nqn = arguments.nqn,
                                .host = arguments.identity,
                                .timeouts = {.ctrl_loss_seconds = arguments.ctrl_loss_seconds,
                                             .reconnect_delay_seconds = 1,
                                             .keep_alive_seconds = 3}};
  ASSIGN_OR_RETURN(
      const Connection connection,
      Connect(host, target, deadline, arguments.join_orphan ? Orphan::kJoin : Orphan::kRefuse));
  std::cout << connection.device.device << (connection.made_now ? " made" : " found") << "\n";
  return absl::OkStatus();
}

absl::Status MakeForConnected(const Host& host, const Arguments& arguments, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(host.files, arguments.nqn));
  if (!device) return absl::NotFoundError("the volume is not connected");
  return MakeAnchor(host, arguments.nqn, arguments.identity, *device, deadline);
}

absl::Status PrintAnchors(const Host& host) {
  ASSIGN_OR_RETURN(const std::vector<std::string> nqns, FindAnchors(host.files));
  for (const std::string& nqn : nqns) std::cout << nqn << "\n";
  return absl::OkStatus();
}

absl::Status PrintSize(const Host& host, const Arguments& arguments, absl::Time deadline) {
  ASSIGN_OR_RETURN(const NvmeNamespace device,
                   WaitForSize(host, arguments.nqn, arguments.size_bytes, deadline));
  std::cout << device.size_bytes << "\n";
  return absl::OkStatus();
}

absl::Status Act(const std::string& verb, const Arguments& arguments, const Host& host) {
  const absl::Time deadline = host.clock.Now() + absl::Seconds(arguments.seconds);
  if (verb == "connect") return PrintConnected(host, arguments, deadline);
  if (verb == "make") return MakeForConnected(host, arguments, deadline);
  if (verb == "grow") return GrowAnchor(host, arguments.nqn, arguments.size_bytes, deadline);
  if (verb == "size") return PrintSize(host, arguments, deadline);
  if (verb == "remove") return RemoveAnchor(host, arguments.nqn, deadline);
  if (verb == "disconnect") return Disconnect(host, arguments.nqn, deadline);
  return PrintAnchors(host);
}

CLI::App* AddVerb(CLI::App& app, const std::string& name, const std::string& what,
                  Arguments& arguments) {
  CLI::App* verb = app.add_subcommand(name, what);
  if (name != "find") verb->add_option("NQN", arguments.nqn)->required();
  if (name == "connect" || name == "make") {
    verb->add_option("HOSTNQN", arguments.identity.nqn)->required();
    verb->add_option("HOSTID", arguments.identity.id)->required();
  }
  if (name == "connect") {
    verb->add_option("ADDRESS", arguments.address.host)->required();
    verb->add_option("PORT", arguments.address.port)->required();
    verb->add_option("--ctrl-loss-tmo", arguments.ctrl_loss_seconds);
    verb->add_flag("--join-orphan", arguments.join_orphan);
  }
  if (name == "grow" || name == "size") verb->add_option("BYTES", arguments.size_bytes)->required();
  verb->add_option("--seconds", arguments.seconds, "the deadline")->capture_default_str();
  return verb;
}

int Run(int argc, char** argv) {
  CLI::App app("Tries the driver's anchors on this machine.", "anchor-call");
  app.require_subcommand(1);
  Arguments arguments;
  AddVerb(app, "connect", "connects a volume and prints its device", arguments);
  AddVerb(app, "make", "makes the anchor of a volume that is connected", arguments);
  AddVerb(app, "grow", "gives the anchor a size in bytes", arguments);
  AddVerb(app, "size", "waits until the device has a size, and prints it", arguments);
  AddVerb(app, "remove", "removes the anchor", arguments);
  AddVerb(app, "disconnect", "removes all connections of a volume, and its anchor", arguments);
  AddVerb(app, "find", "prints the NQNs of all anchors", arguments);
  CLI11_PARSE(app, argc, argv);

  const absl::StatusOr<std::unique_ptr<LinuxHost>> machine = LinuxHost::Open({});
  const absl::Status done =
      machine.ok() ? Act(app.get_subcommands().front()->get_name(), arguments, (*machine)->host())
                   : machine.status();
  if (done.ok()) return 0;
  std::cerr << done << "\n";
  return 1;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  try {
    return rds_csi::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "anchor-call: " << error.what() << "\n";
    return 1;
  }
}
