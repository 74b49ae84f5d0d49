// SPDX-License-Identifier: Apache-2.0
// The node's service on a machine that the fuzzer plays, with two volumes that are attached to it
// and one that is not.
#ifndef RDS_CSI_FUZZ_SURFACE_NODE_WORLD_H_
#define RDS_CSI_FUZZ_SURFACE_NODE_WORLD_H_

#include <map>
#include <memory>
#include <string>

#include "csi/rpc.h"
#include "fuzz/surface/ask.h"
#include "fuzz/surface/node_rules.h"
#include "host/fake_host.h"
#include "node/keeper.h"
#include "node/node.h"
#include "observe/kept_reports.h"

namespace rds_csi::surface {

class NodeWorld {
 public:
  NodeWorld();

  // One line of the input: a call, or something that happens.
  void Take(Choices line);

 private:
  // A process of the node plugin: what is in its memory.
  struct Plugin {
    explicit Plugin(NodeWorld& world);
    Quarantine quarantine;
    Rpcs rpcs;
    Keeper keeper;
    std::unique_ptr<grpc::Service> node;
    std::unique_ptr<grpc::Service> identity;
  };

  void Start();
  Node MakeNode(Quarantine& quarantine);
  HostIdentity IdentityOf(const std::string& volume, int64_t generation) const;
  Good PickGood(Choices& choices);
  bool IsCalmFor(const Message& request, const Good& good) const;
  void CallOne(grpc::Service& service, const Rpc& rpc, Choices& choices);

  void Happen(char letter, Choices& choices);
  void PassTime(Choices& choices);
  void Reboot();
  void Break(Choices& choices);
  void ChangeLink(Choices& choices);
  void Use(Choices& choices);
  void AttachElsewhere(Choices& choices);
  void PutInTheWay(Choices& choices);

  const NodeConfig config_;
  FakeHost machine_;
  KeptReports reports_;
  NodeRules rules_;
  std::map<std::string, int64_t> generations_;  // of the newest attachment, by volume
  int boots_ = 0;
  std::unique_ptr<Plugin> plugin_;
  bool is_calm_ = true;
};

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_NODE_WORLD_H_
