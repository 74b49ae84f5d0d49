// SPDX-License-Identifier: Apache-2.0
// The server side of TLS, on a blocking socket.
#ifndef RDS_CSI_SIM_REST_TLS_H_
#define RDS_CSI_SIM_REST_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi::sim {

class TlsContext {
 public:
  // From PEM files. INVALID_ARGUMENT when they cannot be used together.
  static absl::StatusOr<TlsContext> Load(const std::string& certificate, const std::string& key);

  SSL_CTX* get() const { return context_.get(); }

 private:
  explicit TlsContext(SSL_CTX* context) : context_(context, SSL_CTX_free) {}
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

class TlsConnection {
 public:
  TlsConnection(const TlsContext& context, int fd);

  // False when the client and we cannot agree.
  bool Handshake();
  // Appends what comes; false at the end of the connection.
  bool Read(std::string& buffer);
  bool Write(std::string_view data);
  // Says goodbye, so that the client knows that it has everything.
  void Finish();

 private:
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_TLS_H_
