// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace rds_csi::world {

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

Network::Network(FakeRouterOs& rds, RosBehaviour behaviour, std::vector<FakeHost*> machines)
    : rds_(rds), behaviour_(behaviour), machines_(std::move(machines)) {}

Network::Export Network::Read(const std::string& nqn) const {
  for (const RosRecord& row : rds_.disks) {
    const auto own = row.find("nvme-tcp-server-nqn");
    if (own == row.end() || own->second != nqn) continue;
    return {.exported = row.at("nvme-tcp-export") == "true",
            .hosts = HostsIn(row),
            .size_bytes = *ParseInt64(row.at("size")),
            .file = row.at("file-path")};
  }
  return {};
}

void Network::Show() {
  for (auto& [nqn, volume] : volumes_) {
    const Export now = Read(nqn);
    if (now.file != volume.file) {
      volume.kept[volume.file] = volume.contents;
      volume.file = now.file;
      const std::string fresh = now.file.empty() ? "" : "blank";
      PutContents(nqn, volume.kept.try_emplace(now.file, fresh).first->second);
    }
    for (size_t machine = 0; machine < machines_.size(); ++machine) ShowTo(machine, nqn, now);
  }
}

void Network::ShowTo(size_t machine, const std::string& nqn, const Export& now) {
  FakeHost& host = *machines_[machine];
  const bool grown = now.size_bytes != host.target(nqn).size_bytes;
  if (now.size_bytes != 0) host.Export(nqn, now.size_bytes);
  FakeTarget& target = host.target(nqn);
  target.exported = now.exported && IsPlugged(machine);
  target.hosts = now.hosts;
  ShowSessions(machine, nqn, now);
  const std::vector<Session> sessions = SessionsOf(host, nqn);
  const bool told =
      std::ranges::any_of(sessions, [](const Session& session) { return session.state == "live"; });
  if (grown && told) host.AnnounceSize(nqn);
}

void Network::ShowSessions(size_t machine, const std::string& nqn, const Export& now) {
  FakeHost& host = *machines_[machine];
  const bool reached = now.exported && IsPlugged(machine);
  for (const Session& session : SessionsOf(host, nqn)) {
    const bool admitted = now.hosts.empty() || now.hosts.contains(session.host_nqn);
    const bool live = session.state == "live";
    const bool keeps = admitted || !behaviour_.allow_host_drops_sessions;
    if (live && !(reached && keeps)) host.SetControllerState(session.controller, "connecting");
    if (!live && reached && admitted) host.SetControllerState(session.controller, "live");
  }
}

void Network::PutContents(const std::string& nqn, const std::string& contents) {
  volumes_[nqn].contents = contents;
  for (FakeHost* machine : machines_) machine->target(nqn).contents = contents;
}

void Network::Gather() {
  for (const auto& [nqn, volume] : volumes_) {
    for (FakeHost* machine : machines_) {
      const std::string seen = machine->target(nqn).contents;
      if (seen == volume.contents) continue;
      PutContents(nqn, seen);
      break;
    }
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

}  // namespace rds_csi::world
