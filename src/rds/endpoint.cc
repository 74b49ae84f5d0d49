// SPDX-License-Identifier: Apache-2.0
#include "rds/endpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "base/text.h"
#include "rds/credentials.h"
#include "rds/door_log.h"
#include "rds/rest_transport.h"
#include "rds/ssh_transport.h"

namespace rds_csi {
namespace {

constexpr uint16_t kHttpsPort = 443;
constexpr uint16_t kSshPort = 22;
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kSsh = "ssh://";

absl::Status Refused(std::string_view url, std::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("RDS address {}: {}", Quoted(url), why));
}

// What follows the scheme, when it can only be a host and a port.
absl::Status CheckAuthority(std::string_view url, std::string_view authority) {
  if (authority.find_first_of("/?#") != std::string_view::npos) {
    return Refused(url, "nothing may follow host and port");
  }
  const bool bare_v6 =
      !authority.starts_with('[') && std::count(authority.begin(), authority.end(), ':') > 1;
  if (bare_v6) return Refused(url, "an IPv6 address must be in brackets");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view url) {
  if (url.find('@') != std::string_view::npos) {
    return Error(absl::StatusCode::kInvalidArgument,
                 "RDS address: it must not hold a login; that comes from the credentials' files");
  }
  Endpoint endpoint;
  std::string_view authority = url;
  uint16_t default_port = kHttpsPort;
  if (url.starts_with(kHttps)) {
    authority.remove_prefix(kHttps.size());
  } else if (url.starts_with(kSsh)) {
    authority.remove_prefix(kSsh.size());
    endpoint.door = Endpoint::Door::kSsh;
    default_port = kSshPort;
  } else {
    return Refused(url, "it must begin with https:// or ssh://");
  }
  RETURN_IF_ERROR(CheckAuthority(url, authority));
  ASSIGN_OR_RETURN(endpoint.address, ParseHostPort(authority, default_port));
  return endpoint;
}

absl::StatusOr<std::unique_ptr<RosTransport>> OpenTransport(
    const Endpoint& endpoint, const std::string& credentials_directory,
    const TransportOptions& options, const AuditLog& audit, Metrics& metrics) {
  const DoorLog door(endpoint, audit, metrics);
  ASSIGN_OR_RETURN(const Credentials credentials, ReadCredentials(credentials_directory));
  if (endpoint.door == Endpoint::Door::kRest) {
    RETURN_IF_ERROR(CheckForRest(credentials, credentials_directory));
    return NewRestTransport(endpoint.address, credentials_directory, options, door);
  }
  RETURN_IF_ERROR(CheckForSsh(credentials, credentials_directory, !options.any_host_key));
  return NewSshTransport(endpoint.address, credentials_directory, options, door);
}

}  // namespace rds_csi
