// SPDX-License-Identifier: Apache-2.0
// ParseKubeconfig: what is read is enough to log in with; what is refused names the file and tells
// no secret.
#include "fuzz/fuzz.h"
#include "kube/kubeconfig.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto config = ParseKubeconfig(Text(data, size), "/nowhere/kubeconfig");
  if (!config.ok()) {
    Require(absl::IsFailedPrecondition(config.status()), "refusals are FAILED_PRECONDITION");
    Require(config.status().message().find("/nowhere/") != absl::string_view::npos,
            "the file is named");
    return 0;
  }
  Require(!config->ca.empty(), "nobody is trusted without a CA");
  Require(IsPlain(config->server.host) && config->server.port != 0, "a server is an address");
  Require(IsPlain(config->path_prefix), "a path has nothing that ends it");
  Require(!config->token.empty() || !config->client_certificate.empty(),
          "there is a way to log in");
  Require(config->client_certificate.empty() == config->client_key.empty(),
          "a certificate comes with its key");
  return 0;
}
