// SPDX-License-Identifier: Apache-2.0
// rds-sim: a MikroTik ROSE data server that is not there.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "sim/base/status_macros.h"
#include "sim/control/control_commands.h"
#include "sim/control/control_socket.h"
#include "sim/simulator.h"

namespace rds_csi::sim {
namespace {

std::string Epilogue() {
  std::string text =
      "What nobody has verified on a real RDS is a switch (--assume KEY=VALUE), its first "
      "value the default:\n";
  for (const SwitchInfo& info : Switches::All()) {
    text += fmt::format("  {:<20} {:<42} {}\n", info.name,
                        fmt::format("{}", fmt::join(info.values, " | ")), info.meaning);
  }
  text += "\nThe control socket (--control PATH; `rds-sim tell PATH JSON` sends one line):\n";
  for (const char c : ControlHelp()) {
    text += c;
    if (c == '\n') text += "  ";
  }
  return text + R"help(
Example:
  rds-sim --state-dir /tmp/rds --pool storage-pool=16G:btrfs --directory /storage-pool/volumes \
          --rest 127.0.0.1:8443 --ssh 127.0.0.1:2222 --credentials-dir /tmp/rds/credentials
  cd /tmp/rds/credentials
  curl --cacert ca.crt --user "$(cat username):$(cat password)" https://127.0.0.1:8443/rest/disk
  ssh -i private-key -p 2222 csi@127.0.0.1 '/disk print detail'
)help";
}

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--state-dir", flags.state_dir, "where tables, files and keys are kept");
  app.add_option("--routeros", flags.routeros,
                 fmt::format("version to be: {}", fmt::join(Schema::Versions(), ", ")))
      ->capture_default_str();
  app.add_option("--rest", flags.rest, "HOST:PORT of the REST API (HTTPS); port 0 picks one");
  app.add_option("--ssh", flags.ssh, "HOST:PORT of SSH; port 0 picks one");
  app.add_option("--pool", flags.pools,
                 "NAME=SIZE:FS, for example storage-pool=16G:btrfs (xfs, ext4)")
      ->allow_extra_args(false);
  app.add_option("--directory", flags.directories, "a directory on a pool to make at start")
      ->allow_extra_args(false);
  app.add_option("--export", flags.exports,
                 "nvmet: through the kernel's NVMe/TCP target; none: only in the table")
      ->capture_default_str();
  app.add_option("--nvme-address", flags.nvme_address, "IP address on which exports listen")
      ->capture_default_str();
  app.add_option("--nvmet-root", flags.nvmet_root, "where the kernel's target is configured")
      ->capture_default_str();
  app.add_option("--credentials-dir", flags.credentials_dir,
                 "write username, password, private-key, host-key, ca.crt, server.crt there");
  app.add_option("--user", flags.user, "name of the one user")->capture_default_str();
  app.add_option("--password", flags.password, "its password; made up and kept when not given");
  app.add_option("--ssh-host-key", flags.ssh_host_key,
                 "rsa (as RouterOS has by default) or ed25519")
      ->capture_default_str();
  app.add_option("--name", flags.names, "another name or address in the server certificate")
      ->allow_extra_args(false);
  app.add_option("--assume", flags.assumptions, "KEY=VALUE, a switch; see below")
      ->allow_extra_args(false);
  app.add_option("--control", flags.control, "unix socket for tests; see below");
}

int Fail(std::string_view text) {
  fmt::print(stderr, "rds-sim: {}\n", text);
  return 1;
}

int Serve(const Flags& flags) {
  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto options = CheckFlags(flags);
  if (!options.ok()) return Fail(Message(options.status()));
  auto simulator = Simulator::Start(*options);
  if (!simulator.ok()) return Fail(Message(simulator.status()));
  fmt::print("ready routeros={} rest={} ssh={}\n", options->routeros, (*simulator)->rest_port(),
             (*simulator)->ssh_port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

int TellSocket(const std::string& socket, const std::string& line) {
  const auto answer = Tell(socket, line);
  if (!answer.ok()) return Fail(Message(answer.status()));
  fmt::print("{}\n", *answer);
  return answer->find("\"ok\":true") != std::string::npos ? 0 : 1;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "rds-sim is a simulated MikroTik ROSE data server (RouterOS 7): REST and SSH over one table "
      "of "
      "disks,\nbehaving like the version of RouterOS that it is told to be, exporting its disks "
      "over "
      "NVMe/TCP through\nthe kernel where that is wanted. It prints one line, `ready …`, when both "
      "doors "
      "listen, and ends\ncleanly on SIGTERM and SIGINT.",
      "rds-sim");
  app.footer(Epilogue());
  Flags flags;
  AddFlags(app, flags);
  std::string socket;
  std::string line;
  CLI::App* tell =
      app.add_subcommand("tell", "send one line to a control socket, print the answer");
  tell->add_option("socket", socket, "path of the control socket")->required();
  tell->add_option("json", line, "what to do, for example '{\"do\":\"counters\"}'")->required();
  CLI11_PARSE(app, argc, argv);
  return tell->parsed() ? TellSocket(socket, line) : Serve(flags);
}

}  // namespace
}  // namespace rds_csi::sim

int main(int argc, char** argv) { return rds_csi::sim::Main(argc, argv); }
