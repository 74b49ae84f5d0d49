// SPDX-License-Identifier: Apache-2.0
#include "rds/host_key.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

// A key made for this test, and what ssh-keygen -l says of it.
const std::string kKey = "AAAAC3NzaC1lZDI1NTE5AAAAIF5lmZOXvRJXAHocqWtXZ4jX/E7QyM0oPoD5KdfqqwN8";
const std::string kFingerprint = "SHA256:6XpxteOaewdW9AQPvdzwzM9iPSnLqc6XwzjaZYQB+zI";
const std::string kOther = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

TEST(HostKeyTest, AFingerprintPinsItself) {
  EXPECT_TRUE(IsPinned(kFingerprint, kFingerprint));
  EXPECT_FALSE(IsPinned(kFingerprint, kOther));
}

TEST(HostKeyTest, APublicKeyPinsItsFingerprint) {
  EXPECT_TRUE(IsPinned(kFingerprint, "ssh-ed25519 " + kKey));
  EXPECT_TRUE(IsPinned(kFingerprint, "ssh-ed25519 " + kKey + " admin@rds"));
  EXPECT_TRUE(IsPinned(kFingerprint, "rds.example ssh-ed25519 " + kKey));
  EXPECT_FALSE(IsPinned(kOther, "ssh-ed25519 " + kKey));
}

TEST(HostKeyTest, AnyOfSeveralLinesPins) {
  EXPECT_TRUE(IsPinned(kFingerprint, kOther + "\n" + kFingerprint));
  EXPECT_TRUE(IsPinned(kFingerprint, kOther + "\r\nssh-ed25519 " + kKey + "\r\n"));
}

TEST(HostKeyTest, NothingUsablePinsNothing) {
  for (const std::string pins :
       {"", "\n", "SHA256:", "ssh-ed25519", "ssh-ed25519 !!!!", "ssh-ed25519 AAAA", "*", "yes"}) {
    EXPECT_FALSE(IsPinned(kFingerprint, pins)) << pins;
    EXPECT_FALSE(IsPinned("", pins)) << pins;
    EXPECT_FALSE(IsPinned("SHA256:", pins)) << pins;
  }
}

TEST(HostKeyTest, ABeginningOfTheFingerprintIsNotEnough) {
  EXPECT_FALSE(IsPinned(kFingerprint, kFingerprint.substr(0, 20)));
  EXPECT_FALSE(IsPinned(kFingerprint.substr(0, 20), kFingerprint));
}

TEST(HostKeyTest, AsksForTheTypeThatIsPinned) {
  EXPECT_EQ(HostKeyAlgorithms("ssh-ed25519 " + kKey), "ssh-ed25519");
  EXPECT_EQ(HostKeyAlgorithms("ssh-rsa AAAA\necdsa-sha2-nistp256 AAAA"),
            "rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256");
}

TEST(HostKeyTest, AFingerprintSaysNothingOfTheType) {
  EXPECT_EQ(HostKeyAlgorithms(kFingerprint), "");
  EXPECT_EQ(HostKeyAlgorithms("ssh-ed25519 " + kKey + "\n" + kFingerprint), "");
}

}  // namespace
}  // namespace rds_csi
