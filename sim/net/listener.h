// SPDX-License-Identifier: Apache-2.0
// A listening TCP socket and one thread for each connection. It can be closed and opened again on
// the same port, dropping every connection: that is what a reboot looks like from outside.
#ifndef RDS_CSI_SIM_NET_LISTENER_H_
#define RDS_CSI_SIM_NET_LISTENER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "absl/status/status.h"
#include "sim/base/unique_fd.h"
#include "sim/net/address.h"

namespace rds_csi::sim {

class Listener {
 public:
  // Serves one connection on a blocking socket with TCP_NODELAY; the listener closes it afterwards.
  // When the listener closes, reads of that socket end.
  using Serve = std::function<void(int fd)>;

  Listener(Address address, Serve serve);
  ~Listener();  // closes

  // UNAVAILABLE, naming the address, when it cannot listen there. Port 0 is chosen once and kept.
  absl::Status Open();
  // Stops listening, drops every connection and waits for their threads. Nothing when not open.
  void Close();

  uint16_t port() const { return port_; }

 private:
  void AcceptLoop();
  void Start(UniqueFd connection);

  const Address address_;
  std::atomic<uint16_t> port_;
  const Serve serve_;
  UniqueFd socket_;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<int> connections_;
  bool closing_ = false;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_NET_LISTENER_H_
