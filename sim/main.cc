// SPDX-License-Identifier: Apache-2.0
// rds-sim: a MikroTik ROSE data server that is not there.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "sim/base/status_macros.h"
#include "sim/control/control_commands.h"
#include "sim/control/control_socket.h"
#include "sim/simulator.h"

namespace rds_csi::sim {
namespace {

std::string Epilogue() {
  std::string text =
      "What nobody has verified on a real RDS is a switch (--assume KEY=VALUE). Its default, given "
      "first, is the\nreading that asks the most of a client; # stands for a number:\n";
  for (const SwitchInfo& info : Switches::All()) {
    text +=
        fmt::format("  {}={}\n      {}\n", info.name, fmt::join(info.values, "|"), info.meaning);
  }
  text += "\nThe control socket (--control PATH; `rds-sim tell PATH JSON` sends one line):\n";
  text += ControlHelp();
  return text + R"help(
Example:
  rds-sim --state-dir /tmp/rds --pool storage-pool=16G:btrfs --directory /storage-pool/volumes \
          --rest 127.0.0.1:8443 --ssh 127.0.0.1:2222 --credentials-dir /tmp/rds/credentials
  cd /tmp/rds/credentials
  curl --cacert ca.crt --user "$(cat username):$(cat password)" https://127.0.0.1:8443/rest/disk
  ssh -i private-key -p 2222 csi@127.0.0.1 '/disk print detail'
)help";
}

// The most important first; `type` is what stands for the value in the help.
void AddFlags(CLI::App& app, Flags& flags) {
  const auto add = [&](const char* name, auto& value, const char* type, const std::string& help) {
    app.add_option(name, value, help)->type_name(type)->allow_extra_args(false);
  };
  add("--state-dir", flags.state_dir, "DIR", "where tables, files and keys are kept; needed");
  add("--rest", flags.rest, "HOST:PORT", "where the REST API listens (HTTPS); port 0 picks one");
  add("--ssh", flags.ssh, "HOST:PORT", "where SSH listens; port 0 picks one");
  add("--pool", flags.pools, "NAME=SIZE:FS",
      "a pool, for example storage-pool=16G:btrfs (or xfs, ext4); may be repeated");
  add("--directory", flags.directories, "PATH",
      "a directory on a pool, made at start, such as /storage-pool/volumes; may be repeated");
  add("--routeros", flags.routeros, "VERSION",
      fmt::format("{}; default {}", fmt::join(Schema::Versions(), ", "), flags.routeros));
  add("--credentials-dir", flags.credentials_dir, "DIR",
      "write username, password, private-key, host-key, ca.crt and server.crt there");
  add("--export", flags.exports, "nvmet|none",
      "through the kernel's NVMe/TCP target, or (default) only in the table");
  add("--nvme-address", flags.nvme_address, "IP",
      "where exports listen; default " + flags.nvme_address);
  add("--nvmet-root", flags.nvmet_root, "DIR",
      "where the target is configured; default " + flags.nvmet_root);
  add("--user", flags.user, "NAME", "the one user; default " + flags.user);
  add("--password", flags.password, "TEXT", "its password; default: made up once and kept");
  add("--ssh-host-key", flags.ssh_host_key, "rsa|ed25519", "default rsa, as RouterOS has it");
  add("--name", flags.names, "NAME",
      "one more name or address for the server certificate; may be repeated");
  add("--assume", flags.assumptions, "KEY=VALUE", "a switch, see below; may be repeated");
  add("--control", flags.control, "PATH", "a unix socket for tests, see below");
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

int main(int argc, char** argv) {
  // What one answer needed is kept for the next: to get it from the kernel anew takes longer than
  // to print ten thousand disks, and would be measured with the driver.
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  try {
    return rds_csi::sim::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rds-sim: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
