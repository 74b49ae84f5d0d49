// SPDX-License-Identifier: Apache-2.0
// A kubeconfig: for running outside a pod. Its .cc is the only file that knows yaml-cpp.
#ifndef RDS_CSI_KUBE_KUBECONFIG_H_
#define RDS_CSI_KUBE_KUBECONFIG_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kube/cluster_config.h"

namespace rds_csi {

// The current context of the kubeconfig at `path`. Certificates, keys and tokens may be embedded
// (`…-data`) or named by files, which are looked for beside the kubeconfig when they are not
// absolute.
// FAILED_PRECONDITION naming the file and the field: cannot be read, is not YAML, a field is
// missing, malformed, or of the wrong type. Refused by name is what would weaken the trust or run
// another program: insecure-skip-tls-verify, proxy-url, exec, auth-provider, username and
// password, and impersonation; and a server that is not https.
absl::StatusOr<ClusterConfig> ReadKubeconfig(const std::string& path);

// The same for its text; `path` is for errors and for finding files.
absl::StatusOr<ClusterConfig> ParseKubeconfig(std::string_view text, const std::string& path);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_KUBECONFIG_H_
