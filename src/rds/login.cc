// SPDX-License-Identifier: Apache-2.0
#include "rds/login.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"

namespace rds_csi {

Login::Login(HostPort address, std::string directory, Check check)
    : address_(std::move(address)), directory_(std::move(directory)), check_(std::move(check)) {}

absl::StatusOr<Credentials> Login::Read() const {
  absl::StatusOr<Credentials> credentials = ReadCredentials(directory_);
  if (!credentials.ok()) return Unavailable(Message(credentials.status()));
  const absl::Status enough = check_(*credentials, directory_);
  if (!enough.ok()) return Unavailable(Message(enough));
  return credentials;
}

absl::Status Login::Unavailable(std::string_view why) const {
  return Error(absl::StatusCode::kUnavailable, fmt::format("RDS {}: {}", ToString(address_), why));
}

}  // namespace rds_csi
