// SPDX-License-Identifier: Apache-2.0
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/digest.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <random>

#include "absl/strings/escaping.h"

namespace rds_csi {
namespace {

std::string AsText(const unsigned char* bytes, size_t size) {
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

// SHA256() and SHA1() have OpenSSL load its providers, which costs 2 MiB on every worker.
std::string Sha256(std::string_view data) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> out;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(out.data(), &context);
  return AsText(out.data(), out.size());
}

std::string Sha1(std::string_view data) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> out;
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, data.data(), data.size());
  SHA1_Final(out.data(), &context);
  return AsText(out.data(), out.size());
}

// 5d1f9d0e-8e0f-5c26-9f6a-0b3f6d6b7a41, chosen once; to change it renames every host.
constexpr std::string_view kNameSpace =
    "\x5d\x1f\x9d\x0e\x8e\x0f\x5c\x26\x9f\x6a\x0b\x3f\x6d\x6b\x7a\x41";

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string Sha256Hex(std::string_view data) { return absl::BytesToHexString(Sha256(data)); }

std::string NameUuid(std::string_view name) {
  std::string bytes = Sha1(std::string(kNameSpace).append(name)).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x50);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::string RandomHex(int count) {
  std::random_device random;
  std::string hex;
  for (int i = 0; i < count; ++i) hex.push_back(kDigits[random() % kDigits.size()]);
  return hex;
}

bool IsHex(std::string_view text, size_t count) {
  return text.size() == count && text.find_first_not_of(kDigits) == std::string_view::npos;
}

}  // namespace rds_csi
