// SPDX-License-Identifier: Apache-2.0
// An HTTPS server on loopback for tests, which says exactly the bytes that a test wants.
#ifndef RDS_CSI_KUBE_TEST_TLS_SERVER_H_
#define RDS_CSI_KUBE_TEST_TLS_SERVER_H_

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "kube/cluster_config.h"

namespace rds_csi {

class TestTlsServer {
 public:
  // One request, and what is said about it. Saying nothing leaves the client waiting.
  class Exchange {
   public:
    const std::string& request() const { return request_; }  // head and body
    void Say(std::string_view bytes);
    void Cut();   // ends the connection
    void Hold();  // waits until the client has gone
   private:
    friend class TestTlsServer;
    Exchange(SSL* ssl, std::string request) : ssl_(ssl), request_(std::move(request)) {}
    SSL* ssl_;
    std::string request_;
    bool over_ = false;
  };
  using Handler = std::function<void(Exchange&)>;

  // `handler` is called for each request, on a thread for each connection.
  explicit TestTlsServer(Handler handler);
  ~TestTlsServer();

  // How to reach it and whom to trust.
  ClusterConfig Config() const;
  int connections() const { return connections_; }

  // An answer with a body of that length.
  static std::string Answer(std::string_view status, std::string_view body,
                            std::string_view headers = "");

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  void Accept();
  void Serve(int fd);

  Handler handler_;
  std::string ca_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // of the two below
  std::vector<int> open_;
  std::vector<std::jthread> threads_;
  std::jthread accepting_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_TEST_TLS_SERVER_H_
