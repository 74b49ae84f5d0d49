// SPDX-License-Identifier: Apache-2.0
#include "model/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

TEST(AddressTest, VOL_3_NamesAndBothKindsOfAddressesAreHosts) {
  for (const char* host : {"rds", "rds.example", "RDS-2.example.org", "xn--bcher-kva.example",
                           "3com.example", "10.0.0.1", "255.255.255.255", "::1", "fd00::1",
                           "fe80::1%eth0", "fe80::1%bond0.100", "::ffff:10.0.0.1"}) {
    ASSERT_TRUE(ParseHost(host).ok()) << host;
    EXPECT_EQ(*ParseHost(host), host);
  }
}

TEST(AddressTest, VOL_3_RefusesHostsThatAreNone) {
  using std::string_literals::operator""s;
  for (const std::string& host : {""s,
                                  " "s,
                                  "10.0.0.1 "s,
                                  "10.0.0.1,hostnqn=evil"s,
                                  "10.0.0.1\nnqn=evil"s,
                                  "10.0.0.1\0.evil"s,
                                  "rds;reboot"s,
                                  "$[x]"s,
                                  "rds/../x"s,
                                  "user@rds"s,
                                  "[::1]"s,
                                  "::1::2"s,
                                  "fe80::1%"s,
                                  "fe80::1%eth0,x"s,
                                  "fe80::1%a%b"s,
                                  "fe80::1%interface-of-16-"s,
                                  "10.0.0.1%eth0"s,
                                  ".rds"s,
                                  "rds."s,
                                  "rds..example"s,
                                  "-rds.example"s,
                                  "rds-.example"s,
                                  "rds_1.example"s,
                                  ".."s,
                                  std::string(64, 'a') + ".example",
                                  std::string(254, 'a'),
                                  std::string(100000, '1')}) {
    const absl::Status status = ParseHost(host).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << host.substr(0, 40);
    EXPECT_THAT(Message(status), HasSubstr("is not a host name or IP address"));
  }
}

// A resolver would take each of these for some IPv4 address.
TEST(AddressTest, VOL_3_ATypingErrorInAnAddressIsNoAddress) {
  for (const char* host : {"10.0.0.256", "10.0.1", "10.0.0.0.1", "010.0.0.1", "10", "0x7f000001",
                           "0X7f.1", "10.0.0.0x1"}) {
    EXPECT_FALSE(ParseHost(host).ok()) << host;
  }
}

TEST(AddressTest, VOL_3_PortsAreDigitsFrom1To65535) {
  EXPECT_EQ(*ParsePort("1"), 1);
  EXPECT_EQ(*ParsePort("4420"), 4420);
  EXPECT_EQ(*ParsePort("65535"), 65535);
  for (const char* port : {"", "0", "65536", "-1", "+1", " 1", "1 ", "0x1", "4420,nqn=x", "http",
                           "99999999999999999999"}) {
    EXPECT_EQ(ParsePort(port).status().code(), absl::StatusCode::kInvalidArgument) << port;
  }
  EXPECT_EQ(Message(ParsePort("abc").status()), "\"abc\" is not a port number from 1 to 65535");
}

TEST(AddressTest, APortIsOptional) {
  EXPECT_EQ(*ParseHostPort("rds", 22), (HostPort{"rds", 22}));
  EXPECT_EQ(*ParseHostPort("rds:2222", 22), (HostPort{"rds", 2222}));
  EXPECT_EQ(*ParseHostPort("10.0.0.1:2222", 22), (HostPort{"10.0.0.1", 2222}));
  EXPECT_EQ(*ParseHostPort("fd00::1", 22), (HostPort{"fd00::1", 22}));
  EXPECT_EQ(*ParseHostPort("[fd00::1]", 22), (HostPort{"fd00::1", 22}));
  EXPECT_EQ(*ParseHostPort("[fe80::1%eth0]:2222", 22), (HostPort{"fe80::1%eth0", 2222}));
}

TEST(AddressTest, RefusesHostPortsThatAreNone) {
  for (const char* text :
       {"", ":22", "rds:", "rds:ssh", "rds:22:23", "[fd00::1", "[fd00::1]22",
        "[fd00::1]:", "[rds]:22", "[]:22", "[10.0.0.1]:22", "fd00::1]:22", "rds:22,x", "rds :22"}) {
    EXPECT_EQ(ParseHostPort(text, 22).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

RC_GTEST_PROP(AddressTest, WhatIsFormattedParsesToTheSame, ()) {
  const HostPort address{*rc::gen::element<std::string>("rds.example", "10.0.0.1", "fd00::1",
                                                        "fe80::1%eth0", "::", "a"),
                         static_cast<uint16_t>(*rc::gen::inRange(1, 65536))};
  RC_ASSERT(ParseHostPort(ToString(address), 1) == absl::StatusOr<HostPort>(address));
}

RC_GTEST_PROP(AddressTest, NoHostHoldsASeparatorOfFabricsOptions, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element('a', '1', ':', '.', '%', ',', '\n', '=', '-', '\0', ' '));
  const absl::StatusOr<std::string> host = ParseHost(text);
  if (host.ok()) RC_ASSERT(host->find_first_of(std::string_view(",\n=\0 ", 5)) == host->npos);
}

}  // namespace
}  // namespace rds_csi
