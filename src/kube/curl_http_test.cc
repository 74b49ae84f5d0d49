// SPDX-License-Identifier: Apache-2.0
#include "kube/curl_http.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "base/status.h"
#include "kube/test_tls_server.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using Exchange = TestTlsServer::Exchange;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

// A port on loopback that takes no connection any more, and refuses none: what dials it waits.
class FullPort {
 public:
  FullPort() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 0), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 8; ++i) {
      waiting_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const int done = connect(waiting_.back(), reinterpret_cast<sockaddr*>(&address), size);
      EXPECT_TRUE(done == 0 || errno == EINPROGRESS);
    }
  }
  ~FullPort() {
    for (const int fd : waiting_) close(fd);
    close(listener_);
  }
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;

  uint16_t port() const { return port_; }

 private:
  const int listener_;
  uint16_t port_ = 0;
  std::vector<int> waiting_;
};

constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

class CurlHttpTest : public testing::Test {
 protected:
  TestTlsServer& Serve(TestTlsServer::Handler handler) {
    return server_.emplace(std::move(handler));
  }
  Http& Client() {
    if (!config_) config_ = server_->Config();
    if (client_ == nullptr) client_ = NewCurlHttp(*config_, options_);
    return *client_;
  }
  absl::StatusOr<Http::Answer> Get(absl::Duration patience = absl::Seconds(20)) {
    return Client().Send({"GET", "/api/v1/nodes", "", ""}, Within(patience));
  }
  absl::StatusOr<Http::Answer> Post(absl::Duration patience = absl::Seconds(20)) {
    return Client().Send({"POST", "/api/v1/nodes", "{\"a\":1}"}, Within(patience));
  }
  absl::StatusOr<Http::Answer> Watch(absl::Duration patience = absl::Seconds(20)) {
    return Client().Stream({"GET", "/watch", "", ""}, Within(patience), [this](auto line) {
      lines_.emplace_back(line);
      return on_line_;
    });
  }
  Http::Until Within(absl::Duration patience) const {
    return {absl::Now() + patience, stop_.get_token()};
  }

  HttpOptions options_;
  std::stop_source stop_;
  std::optional<TestTlsServer> server_;
  std::optional<ClusterConfig> config_;
  std::unique_ptr<Http> client_;
  std::vector<std::string> lines_;
  absl::Status on_line_;
};

TEST_F(CurlHttpTest, SendsTheRequestWithItsToken) {
  Serve([](Exchange& exchange) {
    exchange.Say(TestTlsServer::Answer("200 OK", exchange.request()));
  });
  const auto answer = Post();
  ASSERT_TRUE(answer.ok()) << Message(answer.status());
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, AllOf(StartsWith("POST /api/v1/nodes HTTP/1.1\r\n"),
                                  HasSubstr("Authorization: Bearer secret\r\n"),
                                  HasSubstr("Content-Type: application/json\r\n"),
                                  HasSubstr("\r\n\r\n{\"a\":1}")));
}

TEST_F(CurlHttpTest, SaysWhatSortOfChangeItSends) {
  Serve([](Exchange& exchange) {
    exchange.Say(TestTlsServer::Answer("200 OK", exchange.request()));
  });
  const auto answer = Client().Send({"PATCH", "/a", "{}", "application/merge-patch+json"},
                                    Within(absl::Seconds(20)));
  ASSERT_TRUE(answer.ok()) << Message(answer.status());
  EXPECT_THAT(answer->body, AllOf(StartsWith("PATCH /a HTTP/1.1\r\n"),
                                  HasSubstr("Content-Type: application/merge-patch+json\r\n")));
}

TEST_F(CurlHttpTest, KeepsItsConnection) {
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Get().ok());
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(CurlHttpTest, AnswersOfAnyStatusAreAnswersAndSayWhenToComeBack) {
  Serve([](Exchange& exchange) {
    exchange.Say(TestTlsServer::Answer("429 Slow", "busy", "retry-AFTER: 7\r\n"));
  });
  const auto answer = Get();
  ASSERT_TRUE(answer.ok()) << Message(answer.status());
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->body, "busy");
  EXPECT_EQ(answer->retry_after, absl::Seconds(7));
}

TEST_F(CurlHttpTest, ATokenFileIsReadAgainForEveryRequest) {
  Serve([](Exchange& exchange) {
    exchange.Say(TestTlsServer::Answer("200 OK", exchange.request()));
  });
  const std::string path = testing::TempDir() + "/rotating-token";
  config_ = server_->Config();
  config_->token.clear();
  config_->token_file = path;
  std::ofstream(path) << "first\n";
  EXPECT_THAT(Get()->body, HasSubstr("Bearer first\r\n"));
  std::ofstream(path) << "second\n";
  EXPECT_THAT(Get()->body, HasSubstr("Bearer second\r\n"));
  std::filesystem::remove(path);
  const auto answer = Get();
  EXPECT_EQ(answer.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(answer.status()), HasSubstr(path));
}

TEST_F(CurlHttpTest, ACaFileIsReadAgainForEveryRequest) {
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  const TestTlsServer other([](Exchange&) {});
  const std::string path = testing::TempDir() + "/rotating-ca";
  config_ = server_->Config();
  const std::string ca = std::exchange(config_->ca, "");
  config_->ca_file = path;
  std::ofstream(path) << other.Config().ca;
  EXPECT_THAT(Message(Get().status()), HasSubstr("certificate is not trusted"));
  std::ofstream(path) << ca;
  EXPECT_TRUE(Get().ok());
  std::ofstream(path) << other.Config().ca;
  EXPECT_FALSE(Get().ok()) << "a connection that is still open was made under another CA";
  std::filesystem::remove(path);
  EXPECT_THAT(Message(Get().status()), HasSubstr(path));
}

TEST_F(CurlHttpTest, ATokenThatWouldForgeAHeaderIsNotSent) {
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  const std::string path = testing::TempDir() + "/forging-token";
  config_ = server_->Config();
  config_->token_file = path;
  std::ofstream(path) << "a\r\nImpersonate-User: root";
  EXPECT_EQ(Get().status().code(), Code::kUnavailable);
  std::filesystem::remove(path);
}

TEST_F(CurlHttpTest, AServerThatTheCaDidNotSignIsNotTalkedTo) {
  std::atomic<int> asked = 0;
  const TestTlsServer other([](Exchange&) {});
  Serve([&asked](Exchange&) { ++asked; });
  config_ = server_->Config();
  config_->ca = other.Config().ca;
  const auto answer = Get();
  EXPECT_EQ(answer.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(answer.status()), HasSubstr("certificate is not trusted"));
  EXPECT_EQ(asked, 0);
}

TEST_F(CurlHttpTest, ACertificateForAnotherNameIsNotTrusted) {
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  config_ = server_->Config();
  config_->server.host = "localhost";
  EXPECT_EQ(Get().status().code(), Code::kUnavailable);
}

TEST_F(CurlHttpTest, TheNameInTheCertificateMayBeAnotherThanTheAddress) {
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  config_ = server_->Config();
  config_->server.host = "localhost";
  config_->server_name = "127.0.0.1";
  const auto answer = Get();
  EXPECT_TRUE(answer.ok()) << Message(answer.status());
}

TEST_F(CurlHttpTest, AnAnswerThatIsTooLargeIsRefusedWhileItComes) {
  options_.largest_answer = 1000;
  Serve([](Exchange& exchange) {
    exchange.Say("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n" +
                 std::string(2000, 'x'));
    exchange.Hold();
  });
  const auto answer = Get();
  EXPECT_EQ(answer.status().code(), Code::kInternal);
  EXPECT_THAT(Message(answer.status()), HasSubstr("larger than 1000 bytes"));
}

TEST_F(CurlHttpTest, AnAnswerOfExactlyTheLargestSizeIsTaken) {
  options_.largest_answer = 1000;
  Serve([](Exchange& exchange) {
    exchange.Say(TestTlsServer::Answer("200 OK", std::string(1000, 'x')));
  });
  const auto answer = Get();
  EXPECT_TRUE(answer.ok()) << Message(answer.status());
}

TEST_F(CurlHttpTest, NobodyListeningIsUnavailable) {
  Serve([](Exchange&) {});
  config_ = server_->Config();
  server_.reset();
  EXPECT_EQ(Post().status().code(), Code::kUnavailable);
}

TEST_F(CurlHttpTest, AServerThatSwallowsPacketsIsLeftLongBeforeTheDeadline) {
  const FullPort full;
  Serve([](Exchange&) {});
  config_ = server_->Config();
  config_->server.port = full.port();
  options_.connect_timeout = absl::Milliseconds(300);
  const absl::Time begun = absl::Now();
  EXPECT_EQ(Post(absl::Minutes(2)).status().code(), Code::kUnavailable);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(30));
}

TEST_F(CurlHttpTest, ARedirectionIsAnAnswerAndIsNotFollowed) {
  std::atomic<int> asked = 0;
  Serve([&asked](Exchange& exchange) {
    ++asked;
    exchange.Say(TestTlsServer::Answer("302 Found", "", "Location: /elsewhere\r\n"));
  });
  const auto answer = Get();
  ASSERT_TRUE(answer.ok()) << Message(answer.status());
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(asked, 1);
}

TEST_F(CurlHttpTest, AProxyOfTheEnvironmentGetsNoToken) {
  setenv("HTTPS_PROXY", "http://127.0.0.1:1", /*overwrite=*/1);
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  const auto answer = Get();
  unsetenv("HTTPS_PROXY");
  EXPECT_TRUE(answer.ok()) << Message(answer.status());
}

TEST_F(CurlHttpTest, AfterARushOnlyAFewConnectionsAreKept) {
  constexpr int kRush = 12;
  std::atomic<int> asked = 0;
  Serve([&asked](Exchange& exchange) {  // Each waits for all the others of its rush.
    const int wanted = (asked++ / kRush + 1) * kRush;
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (asked < wanted && absl::Now() < end) absl::SleepFor(absl::Milliseconds(1));
    exchange.Say(TestTlsServer::Answer("200 OK", "{}"));
  });
  Client();
  for (int rush = 0; rush < 2; ++rush) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kRush; ++i) {
      threads.emplace_back([this] { EXPECT_TRUE(Get(absl::Minutes(1)).ok()); });
    }
  }
  EXPECT_GE(server_->connections(), 2 * kRush - 6);
  EXPECT_LT(server_->connections(), 2 * kRush);
}

TEST_F(CurlHttpTest, ASilentServerIsLeftAtTheDeadline) {
  Serve([](Exchange& exchange) { exchange.Hold(); });
  const absl::Time begun = absl::Now();
  EXPECT_EQ(Get(absl::Milliseconds(200)).status().code(), Code::kUnavailable);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(CurlHttpTest, AChangeWithoutAnAnswerHasAnUnknownOutcome) {
  Serve([](Exchange& exchange) { exchange.Hold(); });
  const auto answer = Post(absl::Milliseconds(200));
  EXPECT_EQ(answer.status().code(), Code::kDeadlineExceeded);
  EXPECT_THAT(Message(answer.status()), HasSubstr("the outcome is unknown"));
}

TEST_F(CurlHttpTest, AChangeIsNeverSentTwice) {
  std::atomic<int> asked = 0;
  Serve([&asked](Exchange& exchange) {
    if (++asked == 1) return exchange.Say(TestTlsServer::Answer("200 OK", "{}"));
    exchange.Cut();
  });
  ASSERT_TRUE(Get().ok());  // So that the next one goes over a connection that was used before.
  EXPECT_EQ(Post().status().code(), Code::kDeadlineExceeded);
  EXPECT_EQ(asked, 2);
}

TEST_F(CurlHttpTest, StopEndsARequestAtOnce) {
  Serve([](Exchange& exchange) { exchange.Hold(); });
  const std::jthread stopper([this] {
    absl::SleepFor(absl::Milliseconds(100));
    stop_.request_stop();
  });
  const absl::Time begun = absl::Now();
  EXPECT_EQ(Get().status().code(), Code::kCancelled);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(CurlHttpTest, AfterAFailureTheNextRequestDialsAgain) {
  std::atomic<int> asked = 0;
  Serve([&asked](Exchange& exchange) {
    if (++asked == 1) return exchange.Cut();
    exchange.Say(TestTlsServer::Answer("200 OK", "{}"));
  });
  EXPECT_FALSE(Post().ok());
  EXPECT_TRUE(Get().ok());
}

TEST_F(CurlHttpTest, StreamsLinesWhereverTheChunksEnd) {
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked + Chunk("{\"a\":") + Chunk("1}\n{\"b\":2}\n{") + Chunk("}\n"));
    exchange.Say("0\r\n\r\n");
  });
  const auto answer = Watch();
  ASSERT_TRUE(answer.ok()) << Message(answer.status());
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(lines_, ElementsAre("{\"a\":1}", "{\"b\":2}", "{}"));
}

TEST_F(CurlHttpTest, ARefusedStreamIsAnAnswerWithoutLines) {
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("410 Gone", "old\nnews\n")); });
  const auto answer = Watch();
  ASSERT_TRUE(answer.ok()) << Message(answer.status());
  EXPECT_EQ(answer->status, 410);
  EXPECT_EQ(answer->body, "old\nnews\n");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(CurlHttpTest, AStreamThatIsCutOffIsUnavailable) {
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked + Chunk("{}\n{\"half"));
    exchange.Cut();
  });
  EXPECT_EQ(Watch().status().code(), Code::kUnavailable);
  EXPECT_THAT(lines_, ElementsAre("{}"));
}

TEST_F(CurlHttpTest, AStreamThatEndsWithinALineIsUnavailable) {
  Serve([](Exchange& exchange) { exchange.Say(kChunked + Chunk("{\"half") + "0\r\n\r\n"); });
  EXPECT_EQ(Watch().status().code(), Code::kUnavailable);
}

TEST_F(CurlHttpTest, ASilentStreamIsTakenForDead) {
  options_.longest_silence = absl::Milliseconds(200);
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked + Chunk("{}\n"));
    exchange.Hold();
  });
  const absl::Time begun = absl::Now();
  const auto answer = Watch();
  EXPECT_EQ(answer.status().code(), Code::kUnavailable);
  EXPECT_THAT(Message(answer.status()), HasSubstr("silent"));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(CurlHttpTest, AStreamThatSaysSomethingNowAndThenIsAlive) {
  options_.longest_silence = absl::Milliseconds(600);
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked);
    for (int i = 0; i < 4; ++i) {
      exchange.Say(Chunk("{}\n"));
      absl::SleepFor(absl::Milliseconds(200));
    }
    exchange.Say("0\r\n\r\n");
  });
  const auto answer = Watch();
  EXPECT_TRUE(answer.ok()) << Message(answer.status());
}

TEST_F(CurlHttpTest, WhatIsNoStreamMayBeSilentUntilItsDeadline) {
  options_.longest_silence = absl::ZeroDuration();
  Serve([](Exchange& exchange) { exchange.Say(TestTlsServer::Answer("200 OK", "{}")); });
  const auto answer = Get();
  EXPECT_TRUE(answer.ok()) << Message(answer.status());
}

TEST_F(CurlHttpTest, ALineThatNeverEndsIsRefused) {
  options_.longest_line = 1000;
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked + Chunk(std::string(5000, 'x')));
    exchange.Hold();
  });
  EXPECT_EQ(Watch().status().code(), Code::kInternal);
}

TEST_F(CurlHttpTest, WhatTheReaderSaysEndsTheStream) {
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked + Chunk("1\n2\n"));
    exchange.Hold();
  });
  on_line_ = Error(Code::kAborted, "enough");
  EXPECT_EQ(Watch().status().code(), Code::kAborted);
  EXPECT_THAT(lines_, ElementsAre("1"));
}

TEST_F(CurlHttpTest, StopEndsAStreamAtOnce) {
  Serve([](Exchange& exchange) {
    exchange.Say(kChunked + Chunk("{}\n"));
    exchange.Hold();
  });
  const std::jthread stopper([this] {
    absl::SleepFor(absl::Milliseconds(100));
    stop_.request_stop();
  });
  const absl::Time begun = absl::Now();
  EXPECT_EQ(Watch().status().code(), Code::kCancelled);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(CurlHttpTest, ErrorsNameTheServerAndNotTheToken) {
  Serve([](Exchange& exchange) { exchange.Cut(); });
  EXPECT_THAT(Message(Post().status()),
              AllOf(HasSubstr(ServerUrl(server_->Config())), Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace rds_csi
