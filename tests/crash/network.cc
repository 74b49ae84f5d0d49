// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace rds_csi::crash {

std::vector<Session> SessionsOf(FakeHost& machine, const std::string& nqn) {
  std::vector<Session> sessions;
  for (const std::string& name : machine.ControllersOf(nqn)) {
    const std::string folder = "/sys/class/nvme/" + name;
    if (machine.ReadFile(folder + "/address").starts_with("traddr=127.")) continue;
    sessions.push_back({name, std::string(Trim(machine.ReadFile(folder + "/state"))),
                        std::string(Trim(machine.ReadFile(folder + "/hostnqn")))});
  }
  return sessions;
}

std::set<std::string> HostsIn(const RosRecord& row) {
  std::set<std::string> hosts;
  const auto text = row.find("nvme-tcp-server-allow-host-name");
  if (text == row.end()) return hosts;
  for (const std::string_view host : Split(text->second, ',')) {
    if (!host.empty()) hosts.emplace(host);
  }
  return hosts;
}

Network::Network(FakeRouterOs& rds, RosBehaviour behaviour, std::string nqn,
                 std::vector<FakeHost*> machines)
    : rds_(rds), behaviour_(behaviour), nqn_(std::move(nqn)), machines_(std::move(machines)) {}

Network::Export Network::Read() const {
  for (const RosRecord& row : rds_.disks) {
    const auto nqn = row.find("nvme-tcp-server-nqn");
    if (nqn == row.end() || nqn->second != nqn_) continue;
    return {.exported = row.at("nvme-tcp-export") == "true",
            .hosts = HostsIn(row),
            .size_bytes = *ParseInt64(row.at("size")),
            .file = row.at("file-path")};
  }
  return {};
}

void Network::Show() {
  const Export now = Read();
  if (now.file != file_) {
    file_ = now.file;
    PutContents(file_.empty() ? "" : "blank");
  }
  for (size_t machine = 0; machine < machines_.size(); ++machine) ShowTo(machine, now);
}

void Network::ShowTo(size_t machine, const Export& now) {
  FakeHost& host = *machines_[machine];
  const bool grown = now.size_bytes != host.target(nqn_).size_bytes;
  if (now.size_bytes != 0) host.Export(nqn_, now.size_bytes);
  FakeTarget& target = host.target(nqn_);
  target.exported = now.exported && IsPlugged(machine);
  target.hosts = now.hosts;
  ShowSessions(machine, now);
  const std::vector<Session> sessions = SessionsOf(host, nqn_);
  const bool told =
      std::ranges::any_of(sessions, [](const Session& session) { return session.state == "live"; });
  if (grown && told) host.AnnounceSize(nqn_);
}

void Network::ShowSessions(size_t machine, const Export& now) {
  FakeHost& host = *machines_[machine];
  const bool reached = now.exported && IsPlugged(machine);
  for (const Session& session : SessionsOf(host, nqn_)) {
    const bool admitted = now.hosts.empty() || now.hosts.contains(session.host_nqn);
    const bool live = session.state == "live";
    const bool keeps = admitted || !behaviour_.allow_host_drops_sessions;
    if (live && !(reached && keeps)) host.SetControllerState(session.controller, "connecting");
    if (!live && reached && admitted) host.SetControllerState(session.controller, "live");
  }
}

void Network::PutContents(const std::string& contents) {
  contents_ = contents;
  for (FakeHost* machine : machines_)
    machine->Export(nqn_, machine->target(nqn_).size_bytes).contents = contents;
}

void Network::Gather() {
  for (FakeHost* machine : machines_) {
    const std::string seen = machine->target(nqn_).contents;
    if (seen != contents_) return PutContents(seen);
  }
}

void Network::Unplug(size_t machine) {
  unplugged_.insert(machine);
  Show();
}

void Network::Plug(size_t machine) {
  unplugged_.erase(machine);
  Show();
}

}  // namespace rds_csi::crash
