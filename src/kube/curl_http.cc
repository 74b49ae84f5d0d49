// SPDX-License-Identifier: Apache-2.0
#include "kube/curl_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "https/curl.h"
#include "kube/line_buffer.h"
#include "kube/retry_after.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

constexpr size_t kMostIdle = 4;
constexpr absl::Duration kLongestPoll = absl::Seconds(60);
constexpr std::string_view kRetryAfter = "retry-after:";

// A connection that is kept open between exchanges. The multi handle owns it and outlives the easy
// one.
struct Session {
  CurlMulti multi{curl_multi_init()};
  CurlHandle curl{curl_easy_init()};
};

// One request while it is under way.
struct Exchange {
  explicit Exchange(const HttpOptions& options)
      : largest(options.largest_answer), lines(options.longest_line) {}

  bool IsStream() const { return on_line != nullptr && answer.status == 200; }

  std::string_view unsent;
  Http::Answer answer;
  size_t largest;
  const Http::OnLine* on_line = nullptr;
  LineBuffer lines;
  absl::Status refused;  // what ended the answer on our side
  absl::Time last_sign;  // of life
  CurlList headers;
  char error[CURL_ERROR_SIZE] = "";
};

absl::Status Take(Exchange& exchange, CURL* curl, std::string_view data) {
  exchange.last_sign = absl::Now();
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange.answer.status);
  if (exchange.IsStream()) return exchange.lines.Add(data, *exchange.on_line);
  if (exchange.answer.body.size() + data.size() > exchange.largest) {
    return Error(Code::kInternal,
                 fmt::format("the answer is larger than {} bytes", exchange.largest));
  }
  exchange.answer.body.append(data);
  return absl::OkStatus();
}

struct Receiver {
  Exchange* exchange;
  CURL* curl;
};

size_t TakeBody(char* data, size_t, size_t size, void* to) {
  const Receiver& receiver = *static_cast<Receiver*>(to);
  receiver.exchange->refused = Take(*receiver.exchange, receiver.curl, {data, size});
  return receiver.exchange->refused.ok() ? size : CURL_WRITEFUNC_ERROR;
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

size_t TakeHeader(char* data, size_t, size_t size, void* to) {
  const std::string_view header(data, size);
  if (StartsWithIgnoringCase(header, kRetryAfter)) {
    static_cast<Exchange*>(to)->answer.retry_after =
        ParseRetryAfter(header.substr(kRetryAfter.size()), absl::Now());
  }
  return size;
}

absl::Status Failure(CURLcode code, const Exchange& exchange) {
  const std::string why = Explain(code, exchange.error);
  if (!IsUntrusted(code)) return Error(Code::kUnavailable, why);
  return Error(Code::kUnavailable, fmt::format("its certificate is not trusted: {}", why));
}

// What a failure on the way means depends on whether anything that changes something was sent.
absl::Status Meaning(const absl::Status& failure, const Http::Request& request, CURL* curl) {
  long sent = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
  const bool unknown = sent > 0 && request.method != "GET";
  Code code = unknown ? Code::kDeadlineExceeded : Code::kUnavailable;
  if (absl::IsCancelled(failure)) code = Code::kCancelled;
  return Error(code, Message(failure) + (unknown ? "; the outcome is unknown" : ""));
}

// What a file holds now; `given` where there is none.
absl::StatusOr<std::string> TextOf(const std::string& file, const std::string& given) {
  if (file.empty()) return given;
  auto text = ReadConfigFile(file);
  if (!text.ok()) return Error(Code::kUnavailable, Message(text.status()));
  return text;
}

// Under the name that its certificate is for.
std::string CertifiedUrl(ClusterConfig config) {
  if (!config.server_name.empty()) config.server.host = config.server_name;
  return ServerUrl(config);
}

class CurlHttp final : public Http {
 public:
  CurlHttp(ClusterConfig config, const HttpOptions& options)
      : config_(std::move(config)),
        options_(options),
        url_(ServerUrl(config_)),
        certified_url_(CertifiedUrl(config_)) {
    Add(connect_to_, "::" + ToString(config_.server));
  }

  absl::StatusOr<Answer> Send(const Request& request, const Until& until) override;
  absl::StatusOr<Answer> Stream(const Request& request, const Until& until,
                                const OnLine& on_line) override;

 private:
  absl::StatusOr<Answer> Carry(const Request& request, const Until& until, Exchange& exchange);
  absl::StatusOr<std::string> Token() const;
  absl::Status SetServer(CURL* curl) const;
  absl::Status SetRequest(CURL* curl, const Request& request, Exchange& exchange) const;
  absl::Status Perform(Session& session, const Until& until, Exchange& exchange) const;
  absl::Status Wait(CURLM* multi, const Until& until, const Exchange& exchange) const;
  std::unique_ptr<Session> Borrow();
  void GiveBack(std::unique_ptr<Session> session);

  const ClusterConfig config_;
  const HttpOptions options_;
  const std::string url_;  // for texts
  const std::string certified_url_;
  CurlList connect_to_;
  std::mutex mutex_;  // of the one below
  std::vector<std::unique_ptr<Session>> idle_;
};

// Where it is, and by what it and we are known.
absl::Status CurlHttp::SetServer(CURL* curl) const {
  SetConnection(curl, options_.connect_timeout);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // Never waits for a resolver it has given up.
  // What the certificate must be for may be another name than where the server is.
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to_.get());
  ASSIGN_OR_RETURN(const std::string authorities, TextOf(config_.ca_file, config_.ca));
  Trust(curl, authorities);
  if (config_.client_certificate.empty()) return absl::OkStatus();
  curl_blob certificate = Blob(config_.client_certificate);
  curl_blob key = Blob(config_.client_key);
  curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
  curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, "PEM");
  curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &certificate);
  curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &key);
  return absl::OkStatus();
}

absl::StatusOr<std::string> CurlHttp::Token() const {
  ASSIGN_OR_RETURN(const std::string text, TextOf(config_.token_file, config_.token));
  std::string token(Trim(text));
  if (token.find_first_of("\r\n") == std::string::npos) return token;
  return Error(Code::kUnavailable, config_.token_file + " holds more than one line");
}

absl::Status CurlHttp::SetRequest(CURL* curl, const Request& request, Exchange& exchange) const {
  ASSIGN_OR_RETURN(const std::string token, Token());
  if (!token.empty()) Add(exchange.headers, "Authorization: Bearer " + token);
  Add(exchange.headers, "Accept: application/json");
  Add(exchange.headers, "User-Agent: rds-csi");
  Add(exchange.headers, "Expect:");
  exchange.unsent = request.body;
  if (!request.body.empty()) Add(exchange.headers, "Content-Type: " + request.content_type);
  curl_easy_setopt(curl, CURLOPT_URL, (certified_url_ + request.path).c_str());
  SetMethod(curl, request.method, exchange.unsent);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange.headers.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange.error);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  return absl::OkStatus();
}

absl::Status CurlHttp::Wait(CURLM* multi, const Until& until, const Exchange& exchange) const {
  const absl::Time now = absl::Now();
  if (until.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
  if (now >= until.deadline) return Error(Code::kDeadlineExceeded, "out of time");
  absl::Time wake = std::min(until.deadline, now + kLongestPoll);
  if (exchange.on_line != nullptr) {
    const absl::Time dead = exchange.last_sign + options_.longest_silence;
    if (now >= dead) return Error(Code::kUnavailable, "the stream has been silent for too long");
    wake = std::min(wake, dead);
  }
  const int64_t wait = absl::ToInt64Milliseconds(wake - now) + 1;
  curl_multi_poll(multi, nullptr, 0, static_cast<int>(wait), nullptr);
  return absl::OkStatus();
}

// The end of the transfer, or why it was not waited for.
absl::Status CurlHttp::Perform(Session& session, const Until& until, Exchange& exchange) const {
  CURLM* const multi = session.multi.get();
  const std::stop_callback wake(until.stop, [multi] { curl_multi_wakeup(multi); });
  exchange.last_sign = absl::Now();
  for (int running = 1; running != 0;) {
    curl_multi_perform(multi, &running);
    if (running != 0) RETURN_IF_ERROR(Wait(multi, until, exchange));
  }
  int left = 0;
  const CURLMsg* const message = curl_multi_info_read(multi, &left);
  const CURLcode code = message != nullptr ? message->data.result : CURLE_FAILED_INIT;
  if (code != CURLE_OK) return Failure(code, exchange);
  if (exchange.lines.HasRest()) return Error(Code::kUnavailable, "cut off within a line");
  return absl::OkStatus();
}

std::unique_ptr<Session> CurlHttp::Borrow() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Session>();
  std::unique_ptr<Session> session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void CurlHttp::GiveBack(std::unique_ptr<Session> session) {
  curl_easy_reset(session->curl.get());  // It points into an exchange that is over.
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(session));
}

absl::StatusOr<Http::Answer> CurlHttp::Carry(const Request& request, const Until& until,
                                             Exchange& exchange) {
  std::unique_ptr<Session> session = Borrow();
  CURL* const curl = session->curl.get();
  Receiver receiver{&exchange, curl};
  RETURN_IF_ERROR(SetServer(curl));
  RETURN_IF_ERROR(SetRequest(curl, request, exchange));
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
  curl_multi_add_handle(session->multi.get(), curl);
  const absl::Status ended = Perform(*session, until, exchange);
  curl_multi_remove_handle(session->multi.get(), curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange.answer.status);
  const std::string server = fmt::format("API server {}", url_);
  if (!exchange.refused.ok()) return Annotate(exchange.refused, server);
  if (!ended.ok()) return Annotate(Meaning(ended, request, curl), server);
  GiveBack(std::move(session));
  return std::move(exchange.answer);
}

absl::StatusOr<Http::Answer> CurlHttp::Send(const Request& request, const Until& until) {
  Exchange exchange(options_);
  return Carry(request, until, exchange);
}

absl::StatusOr<Http::Answer> CurlHttp::Stream(const Request& request, const Until& until,
                                              const OnLine& on_line) {
  Exchange exchange(options_);
  exchange.on_line = &on_line;
  return Carry(request, until, exchange);
}

}  // namespace

std::unique_ptr<Http> NewCurlHttp(ClusterConfig config, const HttpOptions& options) {
  return std::make_unique<CurlHttp>(std::move(config), options);
}

}  // namespace rds_csi
