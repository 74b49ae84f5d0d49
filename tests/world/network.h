// SPDX-License-Identifier: Apache-2.0
// What lies between the RDS and the machines: each machine's kernel sees of the RDS what the RDS
// shows now, and what is on a volume belongs to the volume, whichever machine wrote it.
#ifndef RDS_CSI_TESTS_WORLD_NETWORK_H_
#define RDS_CSI_TESTS_WORLD_NETWORK_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/fake_host.h"
#include "rds/fake_router_os.h"
#include "rds/fence.h"

namespace rds_csi::world {

class Network {
 public:
  // All outlive this.
  Network(FakeRouterOs& rds, RosBehaviour behaviour, std::vector<FakeHost*> machines);

  // The machines know of it already.
  void AddVolume(const std::string& nqn) { PutContents(nqn, ""); }

  // To be called after every change on the RDS: exports, sizes and admitted hosts show on the
  // machines; sessions that the RDS ends are no longer live, and those that it admits (again) are.
  void Show();

  // To be called after every act of a machine: what it wrote is on the volume for all.
  void Gather();

  void Unplug(size_t machine);
  void Plug(size_t machine);
  bool IsPlugged(size_t machine) const { return !unplugged_.contains(machine); }

  // "blank", "filesystem ext4", "data 0" …; empty while there is no volume.
  const std::string& Contents(const std::string& nqn) const { return volumes_.at(nqn).contents; }
  // What an mkfs that was cut off leaves, or whoever writes to a block volume.
  void LeaveData(const std::string& nqn) { PutContents(nqn, "data 0"); }

 private:
  struct Export {
    bool exported = false;
    std::set<std::string> hosts;
    int64_t size_bytes = 0;
    std::string file;
  };
  struct Volume {
    std::string file;  // another one is another volume
    std::string contents;
    std::map<std::string, std::string> kept;  // contents of files that have no disk now
  };
  Export Read(const std::string& nqn) const;
  void PutContents(const std::string& nqn, const std::string& contents);
  void ShowTo(size_t machine, const std::string& nqn, const Export& now);
  void ShowSessions(size_t machine, const std::string& nqn, const Export& now);

  FakeRouterOs& rds_;
  const RosBehaviour behaviour_;
  const std::vector<FakeHost*> machines_;
  std::set<size_t> unplugged_;
  std::map<std::string, Volume> volumes_;  // by NQN
};

// Whom a disk of the RDS admits; none: everybody.
std::set<std::string> HostsIn(const RosRecord& row);

// The controllers of a machine to the RDS: name, state, host NQN.
struct Session {
  std::string controller;
  std::string state;
  std::string host_nqn;
};
std::vector<Session> SessionsOf(FakeHost& machine, const std::string& nqn);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_NETWORK_H_
