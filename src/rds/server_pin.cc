// SPDX-License-Identifier: Apache-2.0
#include "rds/server_pin.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "base/status.h"

namespace rds_csi {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::string Base64Sha256(const unsigned char* data, size_t size) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(data, size, digest.data());
  std::array<unsigned char, 64> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

absl::StatusOr<std::string> ServerPin(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                &X509_free);
  unsigned char* der = nullptr;
  const int size =
      certificate == nullptr ? -1 : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der);
  if (size <= 0) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 "credentials: server.crt holds no certificate");
  }
  std::string pin = "sha256//" + Base64Sha256(der, static_cast<size_t>(size));
  OPENSSL_free(der);
  return pin;
}

}  // namespace rds_csi
