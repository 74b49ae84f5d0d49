// SPDX-License-Identifier: Apache-2.0
#include "rds/ssh_session.h"

#include <fmt/format.h>
#include <libssh/libssh.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "rds/dial.h"
#include "rds/host_key.h"

namespace rds_csi {
namespace {

constexpr size_t kReadAtOnce = 64 << 10;
// libssh's own list ends in a comma, which a strict server may refuse.
constexpr const char* kCiphers =
    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,"
    "aes192-ctr,aes128-ctr";

struct FreeSession {
  void operator()(ssh_session session) const {
    ssh_silent_disconnect(session);
    ssh_free(session);
  }
};
struct FreeKey {
  void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Session = std::unique_ptr<ssh_session_struct, FreeSession>;
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;

int MillisecondsLeft(absl::Time deadline) {
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  return static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000));
}

// Bounds the next blocking call of libssh. 0 would mean "for ever".
void SetTimeout(ssh_session session, absl::Time deadline) {
  const int milliseconds = std::max(1, MillisecondsLeft(deadline));
  const long seconds = milliseconds / 1000;
  const long microseconds = milliseconds % 1000 * 1000L;
  ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds);
  ssh_options_set(session, SSH_OPTIONS_TIMEOUT_USEC, &microseconds);
}

class LibsshSession final : public SshSession {
 public:
  LibsshSession(std::string name, size_t largest_answer, Session session)
      : name_(std::move(name)), largest_answer_(largest_answer), session_(std::move(session)) {}
  ~LibsshSession() override { CloseChannel(); }

  absl::Status Prepare(absl::Time deadline) override;
  absl::StatusOr<std::string> Exec(const std::string& line, absl::Time deadline) override;

 private:
  absl::StatusOr<std::string> ReadAll(absl::Time deadline);
  absl::Status Broken(absl::StatusCode code, std::string_view what) const;
  void CloseChannel();

  std::string name_;
  size_t largest_answer_;
  Session session_;
  ssh_channel channel_ = nullptr;  // freed before the session that it belongs to
};

absl::Status LibsshSession::Broken(absl::StatusCode code, std::string_view what) const {
  const std::string_view reason = Trim(ssh_get_error(session_.get()));
  return Error(code,
               fmt::format("RDS {}: {}{}{}", name_, what, reason.empty() ? "" : ": ", reason));
}

void LibsshSession::CloseChannel() {
  if (channel_ == nullptr) return;
  ssh_channel_free(channel_);
  channel_ = nullptr;
}

absl::Status LibsshSession::Prepare(absl::Time deadline) {
  SetTimeout(session_.get(), deadline);
  channel_ = ssh_channel_new(session_.get());
  if (channel_ == nullptr || ssh_channel_open_session(channel_) != SSH_OK) {
    return Broken(absl::StatusCode::kUnavailable, "cannot open an SSH channel");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LibsshSession::Exec(const std::string& line, absl::Time deadline) {
  SetTimeout(session_.get(), deadline);
  if (ssh_channel_request_exec(channel_, line.c_str()) != SSH_OK) {
    return Broken(absl::StatusCode::kDeadlineExceeded,
                  "the command was sent but not acknowledged, its outcome is unknown");
  }
  absl::StatusOr<std::string> output = ReadAll(deadline);
  CloseChannel();
  return output;
}

absl::StatusOr<std::string> LibsshSession::ReadAll(absl::Time deadline) {
  std::string output;
  std::vector<char> buffer(kReadAtOnce);
  while (output.size() <= largest_answer_) {
    const int count =
        ssh_channel_read_timeout(channel_, buffer.data(), static_cast<uint32_t>(buffer.size()),
                                 /*is_stderr=*/0, MillisecondsLeft(deadline));
    if (count > 0) {
      output.append(buffer.data(), static_cast<size_t>(count));
    } else if (count == 0 && ssh_channel_is_eof(channel_)) {
      return output;
    } else if (count == 0 || count == SSH_AGAIN) {
      return Broken(absl::StatusCode::kDeadlineExceeded,
                    "no answer in time, the outcome is unknown");
    } else {
      return Broken(absl::StatusCode::kDeadlineExceeded,
                    "the connection broke, the outcome is unknown");
    }
  }
  return Error(absl::StatusCode::kInternal,
               fmt::format("RDS {}: the answer is larger than {} bytes", name_, largest_answer_));
}

absl::StatusOr<Session> Connect(const HostPort& address, const Credentials& credentials,
                                absl::Time deadline) {
  ASSIGN_OR_RETURN(const int fd, Dial(address, deadline));
  Session session(ssh_new());
  const bool no = false;
  const socket_t socket = fd;
  const std::string algorithms = HostKeyAlgorithms(credentials.host_key);
  ssh_options_set(session.get(), SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set(session.get(), SSH_OPTIONS_HOST, address.host.c_str());
  ssh_options_set(session.get(), SSH_OPTIONS_USER, credentials.username.c_str());
  ssh_options_set(session.get(), SSH_OPTIONS_CIPHERS_C_S, kCiphers);
  ssh_options_set(session.get(), SSH_OPTIONS_CIPHERS_S_C, kCiphers);
  if (!algorithms.empty()) {
    ssh_options_set(session.get(), SSH_OPTIONS_HOSTKEYS, algorithms.c_str());
  }
  ssh_options_set(session.get(), SSH_OPTIONS_FD, &socket);
  SetTimeout(session.get(), deadline);
  if (ssh_connect(session.get()) == SSH_OK) return session;
  return Error(absl::StatusCode::kUnavailable,
               fmt::format("RDS {}: no SSH connection: {}", ToString(address),
                           ssh_get_error(session.get())));
}

struct HostKey {
  std::string text;  // "ssh-ed25519 SHA256:…"
  std::string fingerprint;
};

// What the server showed and proved to hold; none when it cannot be read.
std::optional<HostKey> ShownHostKey(ssh_session session) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session, &raw) != SSH_OK) return std::nullopt;
  const Key key(raw);
  unsigned char* hash = nullptr;
  size_t size = 0;
  if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) {
    return std::nullopt;
  }
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
  const std::string fingerprint = text == nullptr ? "" : text;
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return HostKey{fmt::format("{} {}", ssh_key_type_to_char(ssh_key_type(key.get())), fingerprint),
                 fingerprint};
}

// Success: it is the RDS that was pinned. Failure: it is not. Unknown: anybody is believed.
DoorEvent CheckHostKey(ssh_session session, const Credentials& credentials, bool any_host_key) {
  DoorEvent check = {.act = DoorEvent::Act::kHostKeyCheck,
                     .outcome = AuditOutcome::kFailure,
                     .user = credentials.username,
                     .evidence = "",
                     .why = "the host key cannot be read",
                     .duration = {}};
  const std::optional<HostKey> shown = ShownHostKey(session);
  if (shown) check.evidence = shown->text;
  if (any_host_key) {
    check.outcome = AuditOutcome::kUnknown;
    check.why = "not checked: any host key is believed";
  } else if (shown && IsPinned(shown->fingerprint, credentials.host_key)) {
    check.outcome = AuditOutcome::kSuccess;
    check.why = "";
  } else if (shown) {
    check.why = fmt::format("host key {} is not the one in host-key", shown->text);
  }
  return check;
}

// With the private key, then with the password. A failure is a refusal. UNAVAILABLE: the connection
// broke.
absl::StatusOr<DoorEvent> LogIn(ssh_session session, const Credentials& credentials) {
  DoorEvent login = {.act = DoorEvent::Act::kLogin,
                     .outcome = AuditOutcome::kFailure,
                     .user = credentials.username,
                     .evidence = "",
                     .why = "",
                     .duration = {}};
  int result = SSH_AUTH_DENIED;
  if (!credentials.private_key.empty()) {
    ssh_key raw = nullptr;
    if (ssh_pki_import_privkey_base64(credentials.private_key.c_str(), nullptr, nullptr, nullptr,
                                      &raw) != SSH_OK) {
      login.why = "private-key cannot be used: it is damaged or has a passphrase";
      return login;
    }
    const Key key(raw);
    login.evidence = "private-key";
    result = ssh_userauth_publickey(session, nullptr, key.get());
  }
  if (result == SSH_AUTH_DENIED && !credentials.password.empty()) {
    login.evidence = "password";
    result = ssh_userauth_password(session, nullptr, credentials.password.c_str());
  }
  if (result == SSH_AUTH_SUCCESS) {
    login.outcome = AuditOutcome::kSuccess;
  } else if (result == SSH_AUTH_DENIED || result == SSH_AUTH_PARTIAL) {
    login.why = fmt::format("the RDS refused the login of {}", Quoted(credentials.username));
  } else {
    return Error(absl::StatusCode::kUnavailable,
                 fmt::format("no SSH login: {}", Trim(ssh_get_error(session))));
  }
  return login;
}

// Tells of `event`, which began at `start`; true where it was no failure.
bool Passed(DoorEvent event, absl::Time start, const DoorLog& door) {
  event.duration = absl::Now() - start;
  door.Tell(event);
  return event.outcome != AuditOutcome::kFailure;
}

}  // namespace

absl::StatusOr<SshSession::Login> SshSession::Open(const HostPort& address,
                                                   const Credentials& credentials,
                                                   const TransportOptions& options,
                                                   const DoorLog& door, absl::Time deadline) {
  const std::string name = ToString(address);
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(Session session, Connect(address, credentials, deadline));
  const DoorEvent check = CheckHostKey(session.get(), credentials, options.any_host_key);
  if (!Passed(check, start, door)) return Login{nullptr, check.why};
  const absl::Time checked = absl::Now();
  SetTimeout(session.get(), deadline);
  const absl::StatusOr<DoorEvent> login = LogIn(session.get(), credentials);
  if (!login.ok()) return Annotate(login.status(), "RDS " + name);
  if (!Passed(*login, checked, door)) return Login{nullptr, login->why};
  return Login{std::make_unique<LibsshSession>(name, options.largest_answer, std::move(session)),
               ""};
}

}  // namespace rds_csi
