// SPDX-License-Identifier: Apache-2.0
#include "host/linux_reach.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "host/linux_fd.h"

namespace rds_csi {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A socket on the loopback; with `backlog` < 0 nobody listens at its port.
class Socket {
 public:
  Socket(const char* address, int backlog) : fd_(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in6 name = {};
    name.sin6_family = AF_INET6;
    inet_pton(AF_INET6, address, &name.sin6_addr);
    socklen_t size = sizeof(name);
    ok_ = bind(fd_.get(), reinterpret_cast<sockaddr*>(&name), size) == 0 &&
          getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
          (backlog < 0 || listen(fd_.get(), backlog) == 0);
    port_ = fmt::format("{}", ntohs(name.sin6_port));
  }
  bool ok() const { return ok_; }
  const std::string& port() const { return port_; }

 private:
  Fd fd_;
  bool ok_;
  std::string port_;
};

constexpr const char* kV4 = "::ffff:127.0.0.1";
constexpr milliseconds kPatience(20'000);

TEST(ReachTest, AnswersTheAddressThatAccepted) {
  const Socket listener(kV4, 1);
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(ReachHost("127.0.0.1", listener.port(), kPatience).text, "127.0.0.1\n");
}

TEST(ReachTest, ResolvesANameAndTriesEachOfItsAddresses) {
  const Socket listener(kV4, 1);  // nobody listens on ::1
  EXPECT_EQ(ReachHost("localhost", listener.port(), kPatience).text, "127.0.0.1\n");
}

TEST(ReachTest, ReachesIPv6) {
  const Socket listener("::1", 1);
  if (!listener.ok()) GTEST_SKIP() << "no IPv6 on the loopback";
  EXPECT_EQ(ReachHost("::1", listener.port(), kPatience).text, "::1\n");
}

TEST(ReachTest, ARefusalIsAnErrorAtOnce) {
  const Socket silent(kV4, -1);
  const auto start = steady_clock::now();
  const Outcome outcome = ReachHost("127.0.0.1", silent.port(), kPatience);
  EXPECT_EQ(outcome.error, ECONNREFUSED);
  EXPECT_EQ(outcome.text, fmt::format("connect to 127.0.0.1 port {}", silent.port()));
  EXPECT_LT(steady_clock::now() - start, kPatience / 2);
}

TEST(ReachTest, SilenceEndsAtTheDeadline) {
  const Socket full(kV4, 0);  // its queue holds one connection, and nobody accepts
  const auto port = static_cast<uint16_t>(std::stoi(full.port()));
  const Fd first(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(first.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);

  const auto start = steady_clock::now();
  const Outcome outcome = ReachHost("127.0.0.1", full.port(), milliseconds(300));
  const auto took = steady_clock::now() - start;
  EXPECT_EQ(outcome.error, ETIMEDOUT) << outcome.text;
  EXPECT_GE(took, milliseconds(300));
  EXPECT_LT(took, milliseconds(5000));
}

TEST(ReachTest, AnUnknownNameIsNotAMissingVolume) {
  const Outcome outcome = ReachHost("no-such-host.invalid", "4420", kPatience);
  EXPECT_TRUE(outcome.error == EHOSTUNREACH || outcome.error == EAGAIN) << outcome.error;
  EXPECT_THAT(outcome.text, testing::StartsWith("look up no-such-host.invalid: "));
}

TEST(ReachTest, APortIsANumber) {
  EXPECT_EQ(ReachHost("127.0.0.1", "http", kPatience).error, EHOSTUNREACH);
}

TEST(ReachTest, WhatTheKernelRefusesAtOnceIsAnErrorAtOnce) {
  const auto start = steady_clock::now();
  const Outcome outcome = ReachHost("fe80::1", "4420", kPatience);  // of no link
  EXPECT_FALSE(outcome.ok());
  EXPECT_NE(outcome.error, ETIMEDOUT);
  EXPECT_LT(steady_clock::now() - start, kPatience / 2);
}

}  // namespace
}  // namespace rds_csi
