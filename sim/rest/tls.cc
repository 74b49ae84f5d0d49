// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <array>

namespace rds_csi::sim {

absl::StatusOr<TlsContext> TlsContext::Load(const std::string& certificate,
                                            const std::string& key) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    return absl::InvalidArgumentError(
        fmt::format("{} and {}: {}", certificate, key, reason == nullptr ? "unusable" : reason));
  }
  return context;
}

TlsConnection::TlsConnection(const TlsContext& context, int fd)
    : ssl_(SSL_new(context.get()), SSL_free) {
  SSL_set_fd(ssl_.get(), fd);
}

bool TlsConnection::Handshake() {
  const bool agreed = SSL_accept(ssl_.get()) == 1;
  ERR_clear_error();
  return agreed;
}

bool TlsConnection::Read(std::string& buffer) {
  std::array<char, 16384> chunk;
  const int got = SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()));
  ERR_clear_error();
  if (got <= 0) return false;
  buffer.append(chunk.data(), static_cast<size_t>(got));
  return true;
}

bool TlsConnection::Write(std::string_view data) {
  size_t written = 0;
  const bool done =
      data.empty() || SSL_write_ex(ssl_.get(), data.data(), data.size(), &written) == 1;
  ERR_clear_error();
  return done;
}

void TlsConnection::Finish() { SSL_shutdown(ssl_.get()); }

}  // namespace rds_csi::sim
