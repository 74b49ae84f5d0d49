// SPDX-License-Identifier: Apache-2.0
#include "rds/rest_transport.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "rds/credentials.h"
#include "rds/https_session.h"
#include "rds/records.h"
#include "rds/rest_mapping.h"
#include "rds/session_pool.h"

namespace rds_csi {
namespace {

constexpr int kConnections = 8;

class RestTransport final : public RosTransport {
 public:
  RestTransport(HostPort address, std::string directory, const TransportOptions& options)
      : address_(std::move(address)),
        directory_(std::move(directory)),
        options_(options),
        pool_(options.connections > 0 ? options.connections : kConnections) {}

  absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand& command,
                                             absl::Time deadline) override;

 private:
  using Session = std::unique_ptr<HttpsSession>;

  absl::Status Unavailable(std::string_view why) const;
  absl::StatusOr<Credentials> Read() const;
  absl::StatusOr<HttpsReply> Send(Session& session, const HttpRequest& request,
                                  absl::Time deadline) const;

  HostPort address_;
  std::string directory_;
  TransportOptions options_;
  SessionPool<HttpsSession> pool_;
};

absl::Status RestTransport::Unavailable(std::string_view why) const {
  return Error(absl::StatusCode::kUnavailable, fmt::format("RDS {}: {}", ToString(address_), why));
}

absl::StatusOr<Credentials> RestTransport::Read() const {
  absl::StatusOr<Credentials> credentials = ReadCredentials(directory_);
  if (!credentials.ok()) return Unavailable(Message(credentials.status()));
  const absl::Status enough = CheckForRest(*credentials, directory_);
  if (!enough.ok()) return Unavailable(Message(enough));
  return credentials;
}

// A refused request was not carried out, so it may go out once more with the files as they are now:
// the Secret may have been swapped, or `session` still has the ones from before.
absl::StatusOr<HttpsReply> RestTransport::Send(Session& session, const HttpRequest& request,
                                               absl::Time deadline) const {
  if (session == nullptr) {
    ASSIGN_OR_RETURN(const Credentials credentials, Read());
    ASSIGN_OR_RETURN(session, HttpsSession::New(address_, credentials, options_));
  }
  ASSIGN_OR_RETURN(HttpsReply reply, session->Send(request, deadline));
  if (reply.refused.empty()) return reply;
  ASSIGN_OR_RETURN(const Credentials now, Read());
  if (now == session->credentials()) return reply;
  ASSIGN_OR_RETURN(session, HttpsSession::New(address_, now, options_));
  return session->Send(request, deadline);
}

absl::StatusOr<std::vector<RosRecord>> RestTransport::Run(const RosCommand& command,
                                                          absl::Time deadline) {
  ASSIGN_OR_RETURN(const HttpRequest request, ToHttpRequest(command));
  auto lease = pool_.Acquire(deadline);
  if (!lease) return Unavailable("all connections were busy until the deadline");
  const absl::StatusOr<HttpsReply> reply = Send(lease->session, request, deadline);
  if (!reply.ok()) {
    lease->session = nullptr;
    return Annotate(Unreadable(command, reply.status()), NameOf(command));
  }
  if (!reply->refused.empty()) {
    lease->session = nullptr;
    return Unavailable(reply->refused);
  }
  return ParseHttpReply(reply->status, reply->body, command);
}

}  // namespace

std::unique_ptr<RosTransport> NewRestTransport(const HostPort& address,
                                               const std::string& credentials_directory,
                                               const TransportOptions& options) {
  return std::make_unique<RestTransport>(address, credentials_directory, options);
}

}  // namespace rds_csi
