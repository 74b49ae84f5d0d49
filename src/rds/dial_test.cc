// SPDX-License-Identifier: Apache-2.0
#include "rds/dial.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/status.h"

namespace rds_csi {
namespace {

// A listening socket on a loopback address. With `deaf`, its queue is full: the kernel answers
// nobody else.
class Listener {
 public:
  explicit Listener(const char* ip, bool deaf = false) {
    address_.sin_family = AF_INET;
    inet_pton(AF_INET, ip, &address_.sin_addr);
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(fd_, Address(), sizeof address_), 0);
    socklen_t size = sizeof address_;
    EXPECT_EQ(getsockname(fd_, Address(), &size), 0);
    EXPECT_EQ(listen(fd_, deaf ? 0 : 8), 0);
    if (deaf) Fill();
  }
  ~Listener() {
    Close();
    for (const int fd : queued_) close(fd);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  addrinfo Info(addrinfo* next) {
    addrinfo info = {};
    info.ai_family = AF_INET;
    info.ai_socktype = SOCK_STREAM;
    info.ai_addr = Address();
    info.ai_addrlen = sizeof address_;
    info.ai_next = next;
    return info;
  }

 private:
  sockaddr* Address() { return reinterpret_cast<sockaddr*>(&address_); }
  void Fill() {
    for (int i = 0; i < 4; ++i) {
      queued_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const int connected = connect(queued_.back(), Address(), sizeof address_);
      EXPECT_TRUE(connected == 0 || errno == EINPROGRESS);
    }
  }

  sockaddr_in address_ = {};
  int fd_ = -1;
  std::vector<int> queued_;
};

absl::StatusOr<int> DialWithin(absl::Duration time, const addrinfo& addresses) {
  absl::StatusOr<int> fd = DialOneOf(addresses, {"rds.example", 443}, absl::Now() + time);
  if (fd.ok()) close(*fd);
  return fd;
}

TEST(DialTest, TakesTheNextAddressWhenOneRefuses) {
  Listener open("127.0.0.2");
  Listener closed("127.0.0.3");
  closed.Close();
  addrinfo second = open.Info(nullptr);
  EXPECT_TRUE(DialWithin(absl::Seconds(10), closed.Info(&second)).ok());
}

TEST(DialTest, AnAddressThatSwallowsPacketsDoesNotTakeAllTheTime) {
  Listener open("127.0.0.2");
  Listener deaf("127.0.0.3", /*deaf=*/true);
  addrinfo second = open.Info(nullptr);
  EXPECT_TRUE(DialWithin(absl::Seconds(2), deaf.Info(&second)).ok());
}

TEST(DialTest, TellsWhoDoesNotAnswerAndWhy) {
  Listener deaf("127.0.0.3", /*deaf=*/true);
  const absl::Status status = DialWithin(absl::Milliseconds(200), deaf.Info(nullptr)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), testing::HasSubstr("rds.example:443"));
  EXPECT_THAT(Message(status), testing::HasSubstr("timed out"));
}

TEST(DialTest, ANameThatDoesNotExistIsUnavailable) {
  const auto fd = Dial({"no-such-host.invalid", 443}, absl::Now() + absl::Seconds(10));
  EXPECT_EQ(fd.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace rds_csi
