// SPDX-License-Identifier: Apache-2.0
// One RDS and the files that hold our login to it: what every transport begins with.
#ifndef RDS_CSI_RDS_LOGIN_H_
#define RDS_CSI_RDS_LOGIN_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/address.h"
#include "rds/credentials.h"

namespace rds_csi {

class Login {
 public:
  // Whether credentials are enough for this door: CheckForRest or CheckForSsh.
  using Check = std::function<absl::Status(const Credentials&, const std::string& directory)>;

  Login(HostPort address, std::string directory, Check check);

  const HostPort& address() const { return address_; }

  // The files as they are now. UNAVAILABLE naming the file that is missing or unusable: a Secret
  // may be mended while we run.
  absl::StatusOr<Credentials> Read() const;

  // UNAVAILABLE: "RDS host:port: why".
  absl::Status Unavailable(std::string_view why) const;

 private:
  HostPort address_;
  std::string directory_;
  Check check_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_LOGIN_H_
