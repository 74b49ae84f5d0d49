// SPDX-License-Identifier: Apache-2.0
// What the API server says when it does not do what it was asked.
#ifndef RDS_CSI_KUBE_API_STATUS_H_
#define RDS_CSI_KUBE_API_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "kube/resource.h"

namespace rds_csi {

// What was asked for: "get nodes worker-1" in texts, and the verb and resource of RBAC.
struct Asked {
  std::string_view verb;  // "get", "list", "watch", "create", "patch"
  Resource resource;
  ObjectName name;  // its parts may be empty
};

// "get nodes worker-1".
std::string Describe(const Asked& asked);

// The error for an answer with this HTTP status (200 and above but no 2xx) and body, of which
// `Status` objects of Kubernetes are read for their reason and words:
//   400, 422             INVALID_ARGUMENT
//   401                  PERMISSION_DENIED: the credentials are not accepted
//   403                  PERMISSION_DENIED, naming verb and resource that a Role must grant
//   404                  NOT_FOUND, where it is the API server's own word on that very object; else
//                        UNAVAILABLE: somebody in between does not know the way, and nothing may be
//                        taken for gone because of that
//   409                  ALREADY_EXISTS where the reason says so, else ABORTED (somebody else
//                        changed it meanwhile)
//   410                  OUT_OF_RANGE: what was asked from is no longer kept; list again
//   408, 429, 5xx        UNAVAILABLE
//   everything else      INTERNAL
absl::Status ApiError(long http_status, std::string_view body, const Asked& asked);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_API_STATUS_H_
