// SPDX-License-Identifier: Apache-2.0
// Pinned SSH host keys: what the file host-key says.
#ifndef RDS_CSI_RDS_HOST_KEY_H_
#define RDS_CSI_RDS_HOST_KEY_H_

#include <string>
#include <string_view>

namespace rds_csi {

// Whether `fingerprint` ("SHA256:" and base64 without padding, as ssh-keygen writes it) is one of
// `pins`: lines that hold a fingerprint or a public key ("ssh-ed25519 AAAA… comment", with or
// without a host name in front). Lines with neither admit nothing.
bool IsPinned(std::string_view fingerprint, std::string_view pins);

// The host key algorithms to offer, so that an RDS with several keys shows one that is pinned:
// "ssh-ed25519", "rsa-sha2-512,rsa-sha2-256" …; empty when `pins` does not say.
std::string HostKeyAlgorithms(std::string_view pins);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_HOST_KEY_H_
