// SPDX-License-Identifier: Apache-2.0
#include "sim/credentials/certificates.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

#include "sim/base/files.h"
#include "sim/base/status_macros.h"

namespace rds_csi::sim {
namespace {

constexpr long kTenYears = 10L * 365 * 24 * 3600;

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION, X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO, BIO_free_all>>;

std::string Contents(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string ToPem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return Contents(bio);
}

std::string ToPem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Contents(bio);
}

Bio FromText(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate ReadCertificate(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text.ok()) return nullptr;
  return Certificate(PEM_read_bio_X509(FromText(*text).get(), nullptr, nullptr, nullptr));
}

Key ReadKey(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text.ok()) return nullptr;
  return Key(PEM_read_bio_PrivateKey(FromText(*text).get(), nullptr, nullptr, nullptr));
}

bool IsAddress(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> ignored;
  return inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

bool Covers(X509* certificate, const std::string& name) {
  if (IsAddress(name)) return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  return X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (extension != nullptr) X509_add_ext(certificate, extension.get(), -1);
}

// A certificate without extensions and signature; `issuer` null: its own issuer.
Certificate NewCertificate(const char* common_name, EVP_PKEY* key, X509* issuer) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kTenYears);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? name : X509_get_subject_name(issuer));
  return certificate;
}

absl::Status Save(const std::string& base, X509* certificate, EVP_PKEY* key) {
  SIM_RETURN_IF_ERROR(WriteFile(base + ".key", ToPem(key), 0600));
  return WriteFile(base + ".crt", ToPem(certificate), 0644);
}

absl::Status MakeCa(const std::string& base) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate ca = NewCertificate("rds-sim CA", key.get(), nullptr);
  AddExtension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  X509_sign(ca.get(), key.get(), EVP_sha256());
  return Save(base, ca.get(), key.get());
}

absl::Status MakeServer(const std::string& base, X509* ca, EVP_PKEY* ca_key,
                        const std::vector<std::string>& names) {
  std::vector<std::string> alternatives;
  for (const std::string& name : names) {
    alternatives.push_back((IsAddress(name) ? "IP:" : "DNS:") + name);
  }
  const Key key(EVP_EC_gen("P-256"));
  const Certificate server = NewCertificate("rds-sim", key.get(), ca);
  AddExtension(server.get(), ca, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(server.get(), ca, NID_ext_key_usage, "serverAuth");
  AddExtension(server.get(), ca, NID_authority_key_identifier, "keyid");
  AddExtension(server.get(), ca, NID_subject_alt_name,
               fmt::format("{}", fmt::join(alternatives, ",")));
  X509_sign(server.get(), ca_key, EVP_sha256());
  return Save(base, server.get(), key.get());
}

bool IsGood(const std::string& base, EVP_PKEY* ca_key, const std::vector<std::string>& names) {
  const Certificate server = ReadCertificate(base + ".crt");
  if (server == nullptr || ReadKey(base + ".key") == nullptr) return false;
  if (X509_verify(server.get(), ca_key) != 1) return false;
  for (const std::string& name : names) {
    if (!Covers(server.get(), name)) return false;
  }
  return true;
}

}  // namespace

absl::Status ProvideCertificates(const std::string& directory,
                                 const std::vector<std::string>& names) {
  const std::string ca_base = directory + "/ca";
  const std::string server_base = directory + "/server";
  if (ReadCertificate(ca_base + ".crt") == nullptr || ReadKey(ca_base + ".key") == nullptr) {
    SIM_RETURN_IF_ERROR(MakeCa(ca_base));
  }
  const Certificate ca = ReadCertificate(ca_base + ".crt");
  const Key ca_key = ReadKey(ca_base + ".key");
  if (ca == nullptr || ca_key == nullptr) {
    return absl::UnavailableError(fmt::format("{}.crt: cannot make a CA", ca_base));
  }
  if (IsGood(server_base, ca_key.get(), names)) return absl::OkStatus();
  return MakeServer(server_base, ca.get(), ca_key.get(), names);
}

}  // namespace rds_csi::sim
