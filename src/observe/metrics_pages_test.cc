// SPDX-License-Identifier: Apache-2.0
#include "observe/metrics_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class MetricsPagesTest : public testing::Test {
 protected:
  std::string Answer(const std::string& request) const {
    return pages_.Answer(request).value_or("(waits for more)");
  }

  absl::Status health_;
  MetricsPages pages_{.metrics = [] { return std::string("rds_csi_ready 1\n"); },
                      .health = [this] { return health_; }};
};

TEST_F(MetricsPagesTest, MET_1_ServesTheMetrics) {
  const std::string answer = Answer("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 16\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nrds_csi_ready 1\n"));
}

TEST_F(MetricsPagesTest, MET_1_HealthIsOneOfTwoCodes) {
  EXPECT_THAT(Answer("GET /healthz HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
  health_ = absl::UnavailableError("RDS 10.0.0.2:443:\r\nno\nroute");
  const std::string answer = Answer("GET /healthz HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nnot ready: UNAVAILABLE: RDS 10.0.0.2:443:  no route\n"));
}

TEST_F(MetricsPagesTest, ThereIsNothingElse) {
  for (const char* path : {"/", "/metrics/", "/debug/pprof", "/../etc/passwd", "//metrics"}) {
    EXPECT_THAT(Answer(std::string("GET ") + path + " HTTP/1.1\r\n\r\n"),
                StartsWith("HTTP/1.1 404 "))
        << path;
  }
}

TEST_F(MetricsPagesTest, AQueryDoesNotMatter) {
  EXPECT_THAT(Answer("GET /metrics?name=x HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsPagesTest, HeadHasNoBody) {
  const std::string answer = Answer("HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 16\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(MetricsPagesTest, NothingCanBeChanged) {
  for (const char* method : {"POST", "PUT", "DELETE", "CONNECT", "get"}) {
    EXPECT_THAT(Answer(std::string(method) + " /metrics HTTP/1.1\r\n\r\n"),
                StartsWith("HTTP/1.1 405 "))
        << method;
  }
}

TEST_F(MetricsPagesTest, WaitsForTheEndOfTheHeaders) {
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  for (size_t size = 0; size < request.size(); ++size) {
    EXPECT_FALSE(pages_.Answer(request.substr(0, size))) << size;
  }
  EXPECT_TRUE(pages_.Answer(request));
}

TEST_F(MetricsPagesTest, WhatIsNoHttpIsRefused) {
  for (const char* text :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /metrics\r\n\r\n", "GET  /m HTTP/1.1\n\n",
        "GET /metrics HTTP/2\r\n\r\n", "GET metrics HTTP/1.1\r\n\r\n", "\x16\x03\x01\n\n"}) {
    EXPECT_THAT(Answer(text), StartsWith("HTTP/1.1 400 ")) << text;
  }
}

TEST_F(MetricsPagesTest, ARequestIsBounded) {
  const std::string start = "GET /metrics HTTP/1.1\r\nA: ";
  const std::string fits(MetricsPages::kLargestRequest - start.size() - 4, 'a');
  EXPECT_THAT(Answer(start + fits + "\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Answer(start + fits + "a\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Answer(start + fits + "aaaaa"), StartsWith("HTTP/1.1 431 "));
}

TEST_F(MetricsPagesTest, NothingOfARequestIsRepeated) {
  for (const char* request :
       {"GET /<script> HTTP/1.1\r\n\r\n", "<script> / HTTP/1.1\r\n\r\n", "<script>\r\n\r\n"}) {
    EXPECT_THAT(Answer(request), Not(HasSubstr("script")));
  }
}

}  // namespace
}  // namespace rds_csi
