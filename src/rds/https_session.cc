// SPDX-License-Identifier: Apache-2.0
#include "rds/https_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "https/curl.h"
#include "rds/server_pin.h"

namespace rds_csi {
namespace {

constexpr long kUnauthorized = 401;
constexpr int64_t kLongestMilliseconds = 3'600'000;

// "https://[fe80::1%25eth0]:443"
std::string UrlOf(const HostPort& address) {
  std::string url = "https://" + ToString(address);
  const size_t zone = url.find('%');
  if (zone != std::string::npos) url.insert(zone + 1, "25");
  return url;
}

struct Answer {
  std::string text;
  size_t largest = 0;
};

size_t AppendToAnswer(char* data, size_t, size_t size, void* to) {
  Answer& answer = *static_cast<Answer*>(to);
  if (answer.text.size() + size > answer.largest) return 0;
  answer.text.append(data, size);
  return size;
}

bool MadeAConnection(CURL* curl) {
  long connections = 0;
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
  return connections > 0;
}

class CurlSession final : public HttpsSession {
 public:
  CurlSession(const HostPort& address, Credentials credentials, const std::string& pin,
              const TransportOptions& options, const DoorLog& door);

  absl::StatusOr<HttpsReply> Send(const HttpRequest& request, absl::Time deadline) override;
  const Credentials& credentials() const override { return credentials_; }

 private:
  void SetOnce(const std::string& pin, const TransportOptions& options);
  void SetTrust(const std::string& pin);
  void SetRequest(const HttpRequest& request, absl::Time deadline);
  absl::StatusOr<HttpsReply> Failure(CURLcode code) const;
  absl::Duration Took(CURLINFO what) const;
  void TellOfCertificate(CURLcode code) const;
  void TellOfLogin(const HttpsReply& reply) const;

  std::string name_;
  std::string url_;
  Credentials credentials_;
  const DoorLog& door_;
  CurlHandle curl_;
  CurlList headers_;
  char error_[CURL_ERROR_SIZE] = "";
  Answer answer_;
  std::string_view unsent_;
};

CurlSession::CurlSession(const HostPort& address, Credentials credentials, const std::string& pin,
                         const TransportOptions& options, const DoorLog& door)
    : name_(ToString(address)),
      url_(UrlOf(address)),
      credentials_(std::move(credentials)),
      door_(door),
      curl_(curl_easy_init()),
      headers_(curl_slist_append(nullptr, "Content-Type: application/json")) {
  answer_.largest = options.largest_answer;
  SetOnce(pin, options);
}

void CurlSession::SetOnce(const std::string& pin, const TransportOptions& options) {
  CURL* curl = curl_.get();
  SetConnection(curl, options.connect_timeout);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  curl_easy_setopt(curl, CURLOPT_USERNAME, credentials_.username.c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, credentials_.password.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &AppendToAnswer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer_);
  SetTrust(pin);
}

void CurlSession::SetTrust(const std::string& pin) {
  CURL* curl = curl_.get();
  if (pin.empty()) return Trust(curl, credentials_.ca);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin.c_str());
}

void CurlSession::SetRequest(const HttpRequest& request, absl::Time deadline) {
  CURL* curl = curl_.get();
  answer_.text.clear();
  unsent_ = request.body;
  error_[0] = '\0';
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::clamp<int64_t>(left, 1, kLongestMilliseconds)));
  curl_easy_setopt(curl, CURLOPT_URL, (url_ + request.path).c_str());
  SetMethod(curl, request.method, unsent_);
}

absl::StatusOr<HttpsReply> CurlSession::Failure(CURLcode code) const {
  const std::string why = Explain(code, error_);
  if (IsUntrusted(code)) {
    return HttpsReply{0, "", fmt::format("its certificate is not the pinned one: {}", why)};
  }
  if (code == CURLE_WRITE_ERROR) {
    return Error(absl::StatusCode::kInternal,
                 fmt::format("RDS {}: the answer is larger than {} bytes", name_, answer_.largest));
  }
  long sent = 0;
  curl_easy_getinfo(curl_.get(), CURLINFO_REQUEST_SIZE, &sent);
  if (sent == 0)
    return Error(absl::StatusCode::kUnavailable, fmt::format("RDS {}: {}", name_, why));
  return Error(absl::StatusCode::kDeadlineExceeded,
               fmt::format("RDS {}: {}; the outcome is unknown", name_, why));
}

absl::Duration CurlSession::Took(CURLINFO what) const {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(curl_.get(), what, &microseconds);
  return absl::Microseconds(microseconds);
}

// Of a new connection only, and only where it came as far as TLS.
void CurlSession::TellOfCertificate(CURLcode code) const {
  const absl::Duration took = Took(CURLINFO_APPCONNECT_TIME_T);
  const bool refused = IsUntrusted(code);
  const bool passed = MadeAConnection(curl_.get()) && took > absl::ZeroDuration();
  if (!refused && !passed) return;
  door_.Tell({.act = DoorEvent::Act::kCertificateCheck,
              .outcome = refused ? AuditOutcome::kFailure : AuditOutcome::kSuccess,
              .user = credentials_.username,
              .evidence = credentials_.server.empty() ? "ca.crt" : "server.crt",
              .why = refused ? std::string(error_) : "",
              .duration = refused ? Took(CURLINFO_TOTAL_TIME_T) : took});
}

// HTTP logs in with every request; what is told of is the first on a connection, and each refusal.
void CurlSession::TellOfLogin(const HttpsReply& reply) const {
  const bool refused = !reply.refused.empty();
  if (!refused && !MadeAConnection(curl_.get())) return;
  door_.Tell({.act = DoorEvent::Act::kLogin,
              .outcome = refused ? AuditOutcome::kFailure : AuditOutcome::kSuccess,
              .user = credentials_.username,
              .evidence = "password",
              .why = reply.refused,
              .duration = Took(CURLINFO_TOTAL_TIME_T)});
}

absl::StatusOr<HttpsReply> CurlSession::Send(const HttpRequest& request, absl::Time deadline) {
  if (absl::Now() >= deadline) {
    return Error(absl::StatusCode::kUnavailable, fmt::format("RDS {}: out of time", name_));
  }
  SetRequest(request, deadline);
  const CURLcode code = curl_easy_perform(curl_.get());
  TellOfCertificate(code);
  if (code != CURLE_OK) return Failure(code);
  HttpsReply reply;
  curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  reply.body = std::move(answer_.text);
  if (reply.status == kUnauthorized) {
    reply.refused = fmt::format("it refused the login of {}", Quoted(credentials_.username));
  }
  TellOfLogin(reply);
  return reply;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpsSession>> HttpsSession::New(const HostPort& address,
                                                                const Credentials& credentials,
                                                                const TransportOptions& options,
                                                                const DoorLog& door) {
  std::string pin;
  if (!credentials.server.empty()) {
    ASSIGN_OR_RETURN(pin, ServerPin(credentials.server));
  }
  return std::make_unique<CurlSession>(address, credentials, pin, options, door);
}

}  // namespace rds_csi
