// SPDX-License-Identifier: Apache-2.0
// Where the API server is and who we are to it: from the files that kubelet puts into every pod, or
// from a kubeconfig (kube/kubeconfig.h).
#ifndef RDS_CSI_KUBE_CLUSTER_CONFIG_H_
#define RDS_CSI_KUBE_CLUSTER_CONFIG_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/address.h"

namespace rds_csi {

struct ClusterConfig {
  HostPort server;          // spoken to over HTTPS
  std::string path_prefix;  // in front of every path: "", or "/k8s/clusters/c-1"
  std::string server_name;  // what its certificate must be for; empty: the host of `server`

  // Who may sign that certificate, and nobody else: PEM, or a file that holds it and is read again
  // for every request because projected files are renewed in place.
  std::string ca;
  std::string ca_file;

  // How we log in: a token, a file that holds it and is read again likewise, or a client
  // certificate.
  std::string token;
  std::string token_file;
  std::string client_certificate;  // PEM
  std::string client_key;          // PEM

  std::string name_space;  // ours; "default" where nothing says so
};

// "https://host:port" and the path prefix: for texts.
std::string ServerUrl(const ClusterConfig& config);

// What ReadInClusterConfig looks at: the environment and a folder, both replaced by tests.
struct PodEnvironment {
  std::string host;  // KUBERNETES_SERVICE_HOST: a name or an address, IPv6 with or without brackets
  std::string port;  // KUBERNETES_SERVICE_PORT
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";

  // Of this process. None: neither variable is set, so this is no pod.
  static std::optional<PodEnvironment> OfThisProcess();
};

// The pod's own credentials: ca.crt, token and namespace of the folder.
// FAILED_PRECONDITION naming the variable or the file: not set, malformed, missing, empty, larger
// than 1 MiB, no certificate.
absl::StatusOr<ClusterConfig> ReadInClusterConfig(const PodEnvironment& environment);

// The text of a file of at most 1 MiB that is not blank. FAILED_PRECONDITION naming it.
absl::StatusOr<std::string> ReadConfigFile(const std::string& path);

// Whether `pem` holds a block of that kind ("CERTIFICATE", "PRIVATE KEY", which all sorts of keys
// end in). FAILED_PRECONDITION: "<where> holds no <kind> in PEM form".
absl::Status CheckPem(std::string_view pem, std::string_view kind, std::string_view where);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_CLUSTER_CONFIG_H_
