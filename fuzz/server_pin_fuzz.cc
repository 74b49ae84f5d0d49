// SPDX-License-Identifier: Apache-2.0
// Certificates that people paste: ServerPin and CheckPem take PEM and nothing else, and what is
// refused is not told.
#include "fuzz/fuzz.h"
#include "kube/cluster_config.h"
#include "rds/server_pin.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string pem(Text(data, size));
  const absl::StatusOr<std::string> pin = ServerPin(pem);
  const absl::Status looks = CheckPem(pem, "CERTIFICATE", "ca.crt");
  if (pin.ok()) {
    Require(pin->starts_with("sha256//") && pin->size() == 8 + 44, "a pin is one SHA-256");
    Require(pem.find("-----BEGIN ") != std::string::npos, "a certificate is PEM");
  } else {
    Require(absl::IsFailedPrecondition(pin.status()), "refusals are FAILED_PRECONDITION");
    Require(pin.status().message().size() < 300, "what is refused is not told");
  }
  Require(looks.ok() || looks.message().size() < 300, "what is refused is not told");
  return 0;
}
