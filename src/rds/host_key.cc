// SPDX-License-Identifier: Apache-2.0
#include "rds/host_key.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/text.h"

namespace rds_csi {
namespace {

constexpr std::string_view kFingerprint = "SHA256:";

bool IsKeyType(std::string_view word) {
  return word == "ssh-ed25519" || word == "ssh-rsa" || word.starts_with("ecdsa-sha2-nistp");
}

std::string Base64(const unsigned char* data, size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data, static_cast<int>(size));
  text.resize(static_cast<size_t>(length));
  return text;
}

std::optional<std::vector<unsigned char>> FromBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::vector<unsigned char> data(text.size() / 4 * 3);
  const int length =
      EVP_DecodeBlock(data.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const size_t padding = text.size() - text.find_last_not_of('=') - 1;
  data.resize(static_cast<size_t>(length) - std::min<size_t>(padding, 2));
  return data;
}

std::string Fingerprint(const std::vector<unsigned char>& key) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(key.data(), key.size(), digest.data());
  std::string text = Base64(digest.data(), digest.size());
  text.erase(text.find_last_not_of('=') + 1);
  return std::string(kFingerprint) + text;
}

// "" when the line holds no pin.
std::string PinOf(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with(kFingerprint)) return std::string(words[i]);
    if (IsKeyType(words[i]) && i + 1 < words.size()) {
      const std::optional<std::vector<unsigned char>> key = FromBase64(words[i + 1]);
      return key ? Fingerprint(*key) : "";
    }
  }
  return "";
}

std::string_view KeyTypeOf(std::string_view line) {
  for (const std::string_view word : Words(line)) {
    if (IsKeyType(word)) return word == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : word;
  }
  return "";
}

}  // namespace

bool IsPinned(std::string_view fingerprint, std::string_view pins) {
  if (fingerprint.size() <= kFingerprint.size()) return false;
  const std::vector<std::string_view> lines = Lines(pins);
  return std::any_of(lines.begin(), lines.end(),
                     [&](std::string_view line) { return PinOf(line) == fingerprint; });
}

std::string HostKeyAlgorithms(std::string_view pins) {
  std::vector<std::string> algorithms;
  for (const std::string_view line : Lines(pins)) {
    const std::string_view type = KeyTypeOf(line);
    if (type.empty()) return "";
    algorithms.emplace_back(type);
  }
  return Join(algorithms, ",");
}

}  // namespace rds_csi
