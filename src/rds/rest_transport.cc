// SPDX-License-Identifier: Apache-2.0
#include "rds/rest_transport.h"

#include <utility>

#include "base/status.h"
#include "rds/https_session.h"
#include "rds/login.h"
#include "rds/records.h"
#include "rds/rest_mapping.h"
#include "rds/session_pool.h"

namespace rds_csi {
namespace {

constexpr int kConnections = 8;

class RestTransport final : public RosTransport {
 public:
  RestTransport(HostPort address, std::string directory, const TransportOptions& options,
                DoorLog door)
      : login_(std::move(address), std::move(directory), CheckForRest),
        options_(options),
        door_(std::move(door)),
        pool_(options.connections > 0 ? options.connections : kConnections) {}

  absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand& command,
                                             absl::Time deadline) override;

 private:
  using Session = std::unique_ptr<HttpsSession>;

  absl::StatusOr<HttpsReply> Send(Session& session, const HttpRequest& request,
                                  absl::Time deadline) const;

  Login login_;
  TransportOptions options_;
  DoorLog door_;
  SessionPool<HttpsSession> pool_;
};

// A refused request was not carried out, so it may go out once more with the files as they are now:
// the Secret may have been swapped, or `session` still has the ones from before.
absl::StatusOr<HttpsReply> RestTransport::Send(Session& session, const HttpRequest& request,
                                               absl::Time deadline) const {
  if (session == nullptr) {
    ASSIGN_OR_RETURN(const Credentials credentials, login_.Read());
    ASSIGN_OR_RETURN(session, HttpsSession::New(login_.address(), credentials, options_, door_));
  }
  ASSIGN_OR_RETURN(HttpsReply reply, session->Send(request, deadline));
  if (reply.refused.empty()) return reply;
  ASSIGN_OR_RETURN(const Credentials now, login_.Read());
  if (now == session->credentials()) return reply;
  ASSIGN_OR_RETURN(session, HttpsSession::New(login_.address(), now, options_, door_));
  return session->Send(request, deadline);
}

absl::StatusOr<std::vector<RosRecord>> RestTransport::Run(const RosCommand& command,
                                                          absl::Time deadline) {
  ASSIGN_OR_RETURN(const HttpRequest request, ToHttpRequest(command));
  auto lease = pool_.Acquire(deadline);
  if (!lease) return login_.Unavailable("all connections were busy until the deadline");
  const absl::StatusOr<HttpsReply> reply = Send(lease->session, request, deadline);
  if (!reply.ok()) {
    lease->session = nullptr;
    return Annotate(Unreadable(command, reply.status()), NameOf(command));
  }
  if (!reply->refused.empty()) {
    lease->session = nullptr;
    return login_.Unavailable(reply->refused);
  }
  return ParseHttpReply(reply->status, reply->body, command);
}

}  // namespace

std::unique_ptr<RosTransport> NewRestTransport(const HostPort& address,
                                               const std::string& credentials_directory,
                                               const TransportOptions& options,
                                               const DoorLog& door) {
  return std::make_unique<RestTransport>(address, credentials_directory, options, door);
}

}  // namespace rds_csi
