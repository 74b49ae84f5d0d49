// SPDX-License-Identifier: Apache-2.0
// What must hold of the RDS, whatever the controller is asked for and whatever goes wrong.
#ifndef RDS_CSI_FUZZ_SURFACE_CONTROLLER_RULES_H_
#define RDS_CSI_FUZZ_SURFACE_CONTROLLER_RULES_H_

#include "fuzz/surface/ask.h"
#include "rds/command.h"
#include "rds/fake_router_os.h"

namespace rds_csi::surface {

class ControllerRules {
 public:
  explicit ControllerRules(FakeRouterOs& rds) : rds_(rds) {}  // which outlives this

  // A command is about to be carried out. What is not provably ours is never changed. Export and
  // ledger are set as one, and admit the attachments of the ledger and nobody else: one, or two
  // that both share. No disk goes while it is attached, and no file while a disk has it.
  void CheckCommand(const RosCommand& command) const;

  // What was granted is so. What was refused as invalid has changed nothing.
  void CheckAfter(const Asked& asked, size_t journal_before) const;

 private:
  const RosRecord* RowOf(const std::string& volume) const;
  void CheckAttached(const csi::v1::ControllerPublishVolumeRequest& request,
                     const csi::v1::ControllerPublishVolumeResponse& response) const;
  void CheckDetached(const csi::v1::ControllerUnpublishVolumeRequest& request) const;
  void CheckCreated(const csi::v1::CreateVolumeRequest& request,
                    const csi::v1::CreateVolumeResponse& response) const;
  void CheckFile(const std::string& name) const;

  FakeRouterOs& rds_;
};

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_CONTROLLER_RULES_H_
