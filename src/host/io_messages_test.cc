// SPDX-License-Identifier: Apache-2.0
#include "host/io_messages.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace rds_csi {
namespace {

const std::string kZero("a\0b", 3);

IoRequest SomeRequest() { return {.words = {"exchange", "/dev/nvme-fabrics", ""}, .input = kZero}; }

std::string Number(uint32_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

std::string Text(const std::string& text) {
  return Number(static_cast<uint32_t>(text.size())) + text;
}

Arrival Answer(const std::string& body) {
  ExecResult answer;
  return ParseIoAnswer(Text(body), answer);
}

TEST(IoMessagesTest, ARequestArrivesAsItWasSent) {
  IoRequest request;
  ASSERT_EQ(ParseIoRequest(FormatIoRequest(SomeRequest()), request), Arrival::kWhole);
  EXPECT_EQ(request.words, SomeRequest().words);
  EXPECT_EQ(request.input, kZero);
}

TEST(IoMessagesTest, AnAnswerArrivesAsItWasSent) {
  ExecResult answer;
  ASSERT_EQ(
      ParseIoAnswer(FormatIoAnswer({.exit_code = 2, .output = kZero, .errors = "5 open"}), answer),
      Arrival::kWhole);
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_EQ(answer.output, kZero);
  EXPECT_EQ(answer.errors, "5 open");
}

TEST(IoMessagesTest, EveryBeginningIsPartial) {
  const std::string bytes = FormatIoRequest(SomeRequest());
  for (size_t size = 0; size < bytes.size(); ++size) {
    IoRequest request;
    EXPECT_EQ(ParseIoRequest(bytes.substr(0, size), request), Arrival::kPartial) << size;
    EXPECT_TRUE(request.words.empty());
  }
}

TEST(IoMessagesTest, WhatFollowsAMessageBreaksIt) {
  IoRequest request;
  EXPECT_EQ(ParseIoRequest(FormatIoRequest(SomeRequest()) + "x", request), Arrival::kBroken);
  EXPECT_EQ(ParseIoRequest(FormatIoRequest(SomeRequest()) + Number(0), request), Arrival::kBroken);
}

TEST(IoMessagesTest, ALengthBeyondTheLimitIsBrokenBeforeTheRestHasCome) {
  IoRequest request;
  EXPECT_EQ(ParseIoRequest(Number(kIoMessageLimit), request), Arrival::kPartial);
  EXPECT_EQ(ParseIoRequest(Number(kIoMessageLimit + 1), request), Arrival::kBroken);
}

TEST(IoMessagesTest, ATextDoesNotReachBeyondItsMessage) {
  EXPECT_EQ(Answer(Text("0") + Text("") + Text("")), Arrival::kWhole);
  EXPECT_EQ(Answer(Text("0") + Text("") + Number(1)), Arrival::kBroken);
  EXPECT_EQ(Answer(Text("0") + Text("") + Text("") + "abc"), Arrival::kBroken);
}

TEST(IoMessagesTest, AnAnswerIsAStatusAndTwoTexts) {
  EXPECT_EQ(Answer(""), Arrival::kBroken);
  EXPECT_EQ(Answer(Text("0") + Text("")), Arrival::kBroken);
  EXPECT_EQ(Answer(Text("0") + Text("") + Text("") + Text("")), Arrival::kBroken);
  for (const char* status : {"", "x", "-1", "256"}) {
    EXPECT_EQ(Answer(Text(status) + Text("") + Text("")), Arrival::kBroken) << status;
  }
}

TEST(IoMessagesTest, ARequestHasAnInput) {
  IoRequest request;
  EXPECT_EQ(ParseIoRequest(Text(""), request), Arrival::kBroken);
  EXPECT_EQ(ParseIoRequest(Text(Text("")), request), Arrival::kWhole);
}

}  // namespace
}  // namespace rds_csi
