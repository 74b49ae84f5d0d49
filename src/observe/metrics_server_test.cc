// SPDX-License-Identifier: Apache-2.0
#include "observe/metrics_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kGetMetrics = "GET /metrics HTTP/1.1\r\n\r\n";

// A connection on loopback that gives up after 30 s.
class Client {
 public:
  Client(int family, uint16_t port) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{30, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in6 v6{};
    sockaddr_in v4{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = family == AF_INET6
                     ? connect(fd_, reinterpret_cast<sockaddr*>(&v6), sizeof v6) == 0
                     : connect(fd_, reinterpret_cast<sockaddr*>(&v4), sizeof v4) == 0;
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  bool Send(std::string_view text) const {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // Sends no more, and is ready to read on.
  void EndSending() const { shutdown(fd_, SHUT_WR); }
  bool ReadOne() const {
    char one = 0;
    return recv(fd_, &one, 1, 0) == 1;
  }
  // Everything until the other side closes; "(timeout)" or "(reset)" when it does not.
  std::string ReadAll() const {
    std::string all;
    char buffer[4096];
    while (true) {
      const ssize_t count = recv(fd_, buffer, sizeof buffer, 0);
      if (count == 0) return all;
      if (count < 0) return all + (errno == ECONNRESET ? "(reset)" : "(timeout)");
      all.append(buffer, static_cast<size_t>(count));
    }
  }

 private:
  const int fd_;
  bool connected_ = false;
};

// No descriptor is left to this process while it lives, but for those that are given back.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{std::min<rlim_t>(before_.rlim_max, 100), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = dup(STDERR_FILENO); fd >= 0; fd = dup(STDERR_FILENO)) taken_.push_back(fd);
  }
  ~NoDescriptors() {
    while (!taken_.empty()) GiveBackOne();
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  void GiveBackOne() {
    close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

// What all threads of this process have worked.
absl::Duration Worked() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return absl::DurationFromTimespec(time);
}

class MetricsServerTest : public testing::Test {
 protected:
  MetricsPages Pages() {
    return {.metrics = [this] { return page_; },
            .health = [] { return absl::UnavailableError("no RDS"); }};
  }
  void Start(const std::string& host, absl::Duration patience = absl::Seconds(10)) {
    auto server = MetricsServer::Start(host, 0, Pages(), patience);
    ASSERT_TRUE(server.ok()) << Message(server.status());
    server_ = *std::move(server);
  }
  std::string Get(const char* request, int family = AF_INET) const {
    const Client client(family, server_->port());
    if (!client.connected() || !client.Send(request)) return "(refused)";
    return client.ReadAll();
  }

  std::string page_ = "rds_csi_ready 1\n";
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(MetricsServerTest, MET_1_ServesMetricsAndHealth) {
  Start("127.0.0.1");
  EXPECT_THAT(Get(kGetMetrics), HasSubstr("rds_csi_ready 1"));
  EXPECT_THAT(Get("GET /healthz HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(MetricsServerTest, MET_1_ListensOnAllAddressesOfBothKinds) {
  Start("");
  EXPECT_THAT(Get(kGetMetrics, AF_INET), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get(kGetMetrics, AF_INET6), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsServerTest, ListensOnOneAddressOnly) {
  Start("::1");
  EXPECT_THAT(Get(kGetMetrics, AF_INET6), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Get(kGetMetrics, AF_INET), "(refused)");
}

TEST_F(MetricsServerTest, APortThatIsTakenIsToldAtStart) {
  Start("127.0.0.1");
  for (const char* host : {"127.0.0.1", ""}) {
    const auto second = MetricsServer::Start(host, server_->port(), Pages());
    EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << host;
    EXPECT_THAT(Message(second.status()), HasSubstr(":" + std::to_string(server_->port()) + ": "));
    EXPECT_THAT(Message(second.status()), HasSubstr("in use"));
  }
}

TEST_F(MetricsServerTest, APortThatIsTakenForOneKindOfAddressIsTaken) {
  Start("::1");
  EXPECT_FALSE(MetricsServer::Start("", server_->port(), Pages()).ok());
}

TEST_F(MetricsServerTest, AnAddressOfAnotherMachineIsToldAtStart) {
  const auto server = MetricsServer::Start("192.0.2.1", 0, Pages());
  EXPECT_EQ(server.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(server.status()), HasSubstr("192.0.2.1"));
}

TEST_F(MetricsServerTest, WhatIsNoAddressIsToldAtStart) {
  const auto server = MetricsServer::Start("::zz", 0, Pages());
  EXPECT_EQ(server.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(server.status()), HasSubstr("[::zz]:0"));
}

TEST_F(MetricsServerTest, TheSamePortCanBeTakenAgainAtOnce) {
  Start("127.0.0.1");
  const uint16_t port = server_->port();
  Get(kGetMetrics);
  server_ = nullptr;
  EXPECT_TRUE(MetricsServer::Start("127.0.0.1", port, Pages()).ok());
}

TEST_F(MetricsServerTest, AnAnswerLargerThanTheSocketsBufferArrivesWhole) {
  page_.assign(20 << 20, 'm');
  Start("127.0.0.1", absl::Minutes(5));
  const std::string answer = Get(kGetMetrics);
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4).size(), page_.size());
}

TEST_F(MetricsServerTest, ARequestThatIsTooLargeIsAnsweredAndTheAnswerArrives) {
  Start("127.0.0.1");
  const std::string request = "GET /metrics HTTP/1.1\r\nA: " + std::string(200'000, 'a');
  EXPECT_THAT(Get(request.c_str()), AllOf(StartsWith("HTTP/1.1 431 "), Not(HasSubstr("(reset)"))));
}

TEST_F(MetricsServerTest, WhoSaysNothingIsClosedWhenItsTimeIsUp) {
  Start("127.0.0.1", absl::Milliseconds(200));
  const Client silent(AF_INET, server_->port());
  const absl::Time start = absl::Now();
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

TEST_F(MetricsServerTest, WhoSaysALittleAgainAndAgainGetsNoMoreTime) {
  Start("127.0.0.1", absl::Milliseconds(300));
  const Client slow(AF_INET, server_->port());
  const absl::Time start = absl::Now();
  while (slow.Send("G") && absl::Now() - start < absl::Seconds(3)) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

TEST_F(MetricsServerTest, WhoReadsNothingGetsNoMoreTimeEither) {
  page_.assign(20 << 20, 'm');
  Start("127.0.0.1", absl::Milliseconds(300));
  const Client deaf(AF_INET, server_->port());
  ASSERT_TRUE(deaf.Send(kGetMetrics));
  absl::SleepFor(absl::Milliseconds(600));
  EXPECT_LT(deaf.ReadAll().size(), page_.size());
}

TEST_F(MetricsServerTest, ManyOpenConnectionsKeepNobodyOut) {
  Start("127.0.0.1");
  std::vector<std::unique_ptr<Client>> idle;
  for (size_t i = 0; i < 4 * MetricsServer::kMostConnections; ++i) {
    idle.push_back(std::make_unique<Client>(AF_INET, server_->port()));
    EXPECT_TRUE(idle.back()->connected());
  }
  EXPECT_THAT(Get(kGetMetrics), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsServerTest, TheOldestOfTooManyConnectionsIsClosed) {
  Start("127.0.0.1", absl::Minutes(5));
  const Client oldest(AF_INET, server_->port());
  std::vector<std::unique_ptr<Client>> others;
  for (size_t i = 0; i < MetricsServer::kMostConnections; ++i) {
    others.push_back(std::make_unique<Client>(AF_INET, server_->port()));
  }
  EXPECT_EQ(oldest.ReadAll(), "");
}

TEST_F(MetricsServerTest, WhoGoesInTheMiddleOfAnAnswerEndsNothingElse) {
  page_.assign(20 << 20, 'm');
  Start("127.0.0.1", absl::Minutes(5));
  {
    const Client rude(AF_INET, server_->port());
    ASSERT_TRUE(rude.Send(kGetMetrics));
    rude.EndSending();
    ASSERT_TRUE(rude.ReadOne());
  }
  EXPECT_THAT(Get("GET /healthz HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(MetricsServerTest, WhoHasGoneIsForgottenAndCostsNothing) {
  Start("127.0.0.1", absl::Minutes(5));
  {
    const Client gone(AF_INET, server_->port());
    ASSERT_TRUE(gone.Send("GET /metr"));
  }
  Get(kGetMetrics);  // So that it has been seen to go.
  const absl::Duration before = Worked();
  absl::SleepFor(absl::Milliseconds(400));
  EXPECT_LT(Worked() - before, absl::Milliseconds(200));
}

TEST_F(MetricsServerTest, WithoutDescriptorsItWaitsAndGoesOnWhenThereAreSome) {
  Start("127.0.0.1");
  NoDescriptors none;
  none.GiveBackOne();
  const Client client(AF_INET, server_->port());
  ASSERT_TRUE(client.connected());
  ASSERT_TRUE(client.Send(kGetMetrics));
  const absl::Duration before = Worked();
  absl::SleepFor(absl::Milliseconds(400));
  EXPECT_LT(Worked() - before, absl::Milliseconds(200));
  none.GiveBackOne();
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsServerTest, StopsPromptlyWithConnectionsOpen) {
  Start("127.0.0.1");
  const Client half(AF_INET, server_->port());
  ASSERT_TRUE(half.Send("GET /metr"));
  const absl::Time start = absl::Now();
  server_ = nullptr;
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
}

TEST_F(MetricsServerTest, ManyScrapesAtOnceAreAllAnswered) {
  Start("127.0.0.1");
  std::vector<std::string> answers(8);
  std::vector<std::thread> clients;
  for (std::string& answer : answers) {
    clients.emplace_back([this, &answer] { answer = Get(kGetMetrics); });
  }
  for (std::thread& client : clients) client.join();
  for (const std::string& answer : answers) EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace rds_csi
