// SPDX-License-Identifier: Apache-2.0
#include "rds/ssh_transport.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/status.h"
#include "rds/console.h"
#include "rds/login.h"
#include "rds/records.h"
#include "rds/session_pool.h"
#include "rds/ssh_session.h"

namespace rds_csi {
namespace {

constexpr int kSessions = 2;

class SshTransport final : public RosTransport {
 public:
  SshTransport(HostPort address, std::string directory, const TransportOptions& options,
               DoorLog door)
      : login_(
            std::move(address), std::move(directory),
            [pinned = !options.any_host_key](const Credentials& found, const std::string& where) {
              return CheckForSsh(found, where, pinned);
            }),
        options_(options),
        door_(std::move(door)),
        pool_(options.connections > 0 ? options.connections : kSessions) {}

  absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand& command,
                                             absl::Time deadline) override;

 private:
  using Session = std::unique_ptr<SshSession>;

  absl::StatusOr<Session> LogIn(absl::Time deadline) const;
  absl::Status MakeReady(Session& session, absl::Time deadline) const;

  Login login_;
  TransportOptions options_;
  DoorLog door_;
  SessionPool<SshSession> pool_;
};

// With the files as they are now: the Secret may have been swapped since the last login.
absl::StatusOr<SshTransport::Session> SshTransport::LogIn(absl::Time deadline) const {
  const absl::Time until = std::min(deadline, absl::Now() + options_.connect_timeout);
  ASSIGN_OR_RETURN(const Credentials credentials, login_.Read());
  ASSIGN_OR_RETURN(SshSession::Login login,
                   SshSession::Open(login_.address(), credentials, options_, door_, until));
  if (login.session == nullptr) return login_.Unavailable(login.refused);
  return std::move(login.session);
}

// A session with an open channel. One that was idle may have died meanwhile, perhaps without a
// word: then a new one, while there is time for it.
absl::Status SshTransport::MakeReady(Session& session, absl::Time deadline) const {
  if (session != nullptr) {
    const absl::Time until = std::min(deadline, absl::Now() + options_.connect_timeout / 2);
    if (session->Prepare(until).ok()) return absl::OkStatus();
    session = nullptr;
  }
  ASSIGN_OR_RETURN(session, LogIn(deadline));
  absl::Status prepared = session->Prepare(deadline);
  if (!prepared.ok()) session = nullptr;
  return prepared;
}

absl::StatusOr<std::vector<RosRecord>> SshTransport::Run(const RosCommand& command,
                                                         absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string line, ToConsoleLine(command));
  auto lease = pool_.Acquire(deadline);
  if (!lease) return login_.Unavailable("all SSH sessions were busy until the deadline");
  RETURN_IF_ERROR(MakeReady(lease->session, deadline));
  if (absl::Now() >= deadline) {
    lease->session = nullptr;
    return login_.Unavailable("out of time before anything was sent");
  }
  const absl::StatusOr<std::string> output = lease->session->Exec(line, deadline);
  if (!output.ok()) {
    lease->session = nullptr;
    return Annotate(Unreadable(command, output.status()), NameOf(command));
  }
  return ParseConsoleReply(*output, command);
}

}  // namespace

std::unique_ptr<RosTransport> NewSshTransport(const HostPort& address,
                                              const std::string& credentials_directory,
                                              const TransportOptions& options,
                                              const DoorLog& door) {
  return std::make_unique<SshTransport>(address, credentials_directory, options, door);
}

}  // namespace rds_csi
