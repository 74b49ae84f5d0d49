// SPDX-License-Identifier: Apache-2.0
#include "kube/test_tls_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/text.h"

namespace rds_csi {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

void AddExtension(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// For 127.0.0.1, signed by itself.
Certificate NewCertificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

std::string PemOf(X509* certificate) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

size_t BodySize(std::string_view head) {
  for (const std::string_view line : Lines(head)) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.substr(0, colon) != "Content-Length") continue;
    return static_cast<size_t>(ParseInt64(Trim(line.substr(colon + 1))).value_or(0));
  }
  return 0;
}

// Head and body; empty when the client has gone.
std::string ReadRequest(SSL* ssl) {
  std::string request;
  char next = '\0';
  while (!request.ends_with("\r\n\r\n")) {
    if (SSL_read(ssl, &next, 1) != 1) return "";
    request += next;
  }
  for (size_t left = BodySize(request); left > 0; --left) {
    if (SSL_read(ssl, &next, 1) != 1) return "";
    request += next;
  }
  return request;
}

}  // namespace

void TestTlsServer::Exchange::Say(std::string_view bytes) {
  over_ = over_ || SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) <= 0;
}

void TestTlsServer::Exchange::Cut() { over_ = true; }

void TestTlsServer::Exchange::Hold() {
  char next = '\0';
  while (SSL_read(ssl_, &next, 1) == 1) {
  }
  over_ = true;
}

TestTlsServer::TestTlsServer(Handler handler)
    : handler_(std::move(handler)), context_(SSL_CTX_new(TLS_server_method())) {
  std::signal(SIGPIPE, SIG_IGN);
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = NewCertificate(key.get());
  ca_ = PemOf(certificate.get());
  SSL_CTX_use_certificate(context_.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context_.get(), key.get());
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::jthread([this] { Accept(); });
}

TestTlsServer::~TestTlsServer() {
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  const std::lock_guard lock(mutex_);
  for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  threads_.clear();
  for (const int fd : open_) close(fd);
}

void TestTlsServer::Accept() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

void TestTlsServer::Serve(int fd) {
  const std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context_.get()));
  SSL_set_fd(ssl.get(), fd);
  bool over = SSL_accept(ssl.get()) != 1;
  while (!over) {
    Exchange exchange(ssl.get(), ReadRequest(ssl.get()));
    if (exchange.request().empty()) break;
    handler_(exchange);
    over = exchange.over_;
  }
  shutdown(fd, SHUT_RDWR);
}

ClusterConfig TestTlsServer::Config() const {
  ClusterConfig config;
  config.server = {"127.0.0.1", port_};
  config.ca = ca_;
  config.token = "secret";
  return config;
}

std::string TestTlsServer::Answer(std::string_view status, std::string_view body,
                                  std::string_view headers) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers,
                     body);
}

}  // namespace rds_csi
