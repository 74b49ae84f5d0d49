// SPDX-License-Identifier: Apache-2.0
// The text that /dev/nvme-fabrics takes and gives (drivers/nvme/host/fabrics.c). Options are
// separated by commas and end at a line break, so a value with either would be another option.
#ifndef RDS_CSI_NVME_FABRICS_H_
#define RDS_CSI_NVME_FABRICS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/address.h"
#include "model/host_identity.h"
#include "model/storage_class.h"

namespace rds_csi {

struct FabricsTarget {
  HostPort address;  // host: numeric
  std::string nqn;
  HostIdentity host;
  ConnectionTimeouts timeouts;
  int io_queues = 0;  // at most so many; 0: the kernel's choice, one for each processor
};

// "transport=tcp,traddr=…,trsvcid=…,nqn=…,hostnqn=…,hostid=…,ctrl_loss_tmo=…,…".
// INVALID_ARGUMENT: a value with a comma, a blank or a control character.
absl::StatusOr<std::string> FabricsOptions(const FabricsTarget& target);

// The controller's name, "nvme3", from "instance=3,cntlid=1\n". INTERNAL quoting anything else.
absl::StatusOr<std::string> ParseFabricsReply(std::string_view reply);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_FABRICS_H_
