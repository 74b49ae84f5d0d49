// SPDX-License-Identifier: Apache-2.0
// The anchor's side of the kernel's own NVMe target (anchor.h), in configfs
// (drivers/nvme/target/configfs.c):
//
//   nvmet/subsystems/<nqn>/{attr_serial,attr_model,attr_cntlid_min,attr_cntlid_max}
//                         /allowed_hosts/<host nqn>, /namespaces/<nsid>/{device_path,…,enable}
//   nvmet/ports/<kAnchorPort>/{ana_groups/1/ana_state,addr_*}, /subsystems/<nqn>
//   nvmet/hosts/<host nqn>
//
// A subsystem is an anchor's when its serial number is kAnchorSerial. Its model is the id of the
// one host that it admits, so that it can be taken away whole by whoever knows only the NQN.
#ifndef RDS_CSI_NVME_ANCHOR_TARGET_H_
#define RDS_CSI_NVME_ANCHOR_TARGET_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "host/files.h"
#include "model/host_identity.h"
#include "nvme/subsystem.h"

namespace rds_csi {

inline constexpr std::string_view kAnchorSerial = "rds-csi-anchor";
inline constexpr std::string_view kNvmetFolder = "/sys/kernel/config/nvmet";

enum class AnchorTarget {
  kNone,
  kOurs,     // whole or in part
  kForeign,  // a subsystem of this NQN that somebody else made: hands off
};

// A subsystem without serial number, namespace, host and port of its own is one that a call was
// making when it was cut off, and ours, if the anchor's device is there, which is made before it.
absl::StatusOr<AnchorTarget> FindAnchorTarget(Files& files, const std::string& nqn);

// Whether what there is of our target is for this host and this namespace, as far as it got.
bool AnchorTargetFits(Files& files, const std::string& nqn, const HostIdentity& host,
                      const NvmeNamespace& device);

// Makes what is missing of the target and has it listen, in an order that never shows the namespace
// in another ANA state than "inaccessible". Needs the anchor's device, and a target
// that is not there or is ours and fits.
// FAILED_PRECONDITION: the nvmet port kAnchorPort is somebody else's; no nvmet-tcp; something else
//   listens on the TCP port. UNAVAILABLE: other anchors came and went meanwhile; try again.
absl::Status ProvideAnchorTarget(Files& files, const std::string& nqn, const HostIdentity& host,
                                 const NvmeNamespace& device);

// Has the namespace take its size from the device again, and tell its host. No namespace: OK.
absl::Status RefreshAnchorTarget(Files& files, const std::string& nqn);

// Takes the target away. Not there: OK. Needs a FindAnchorTarget that is not kForeign.
absl::Status RemoveAnchorTarget(Files& files, const std::string& nqn);

// The NQNs of the subsystems with our serial number. No nvmet: none.
absl::StatusOr<std::vector<std::string>> FindAnchorTargets(Files& files);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_ANCHOR_TARGET_H_
