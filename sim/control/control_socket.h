// SPDX-License-Identifier: Apache-2.0
// A unix socket on which tests tell rds-sim what to do: one JSON object a line in, one out.
#ifndef RDS_CSI_SIM_CONTROL_CONTROL_SOCKET_H_
#define RDS_CSI_SIM_CONTROL_CONTROL_SOCKET_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/base/unique_fd.h"

namespace rds_csi::sim {

class ControlSocket {
 public:
  // Answers one line, both without their newlines.
  using Handler = std::function<std::string(const std::string& line)>;

  ControlSocket(std::string path, Handler handler);
  ~ControlSocket();  // drops the connections, removes the socket

  // Takes the place of a socket that an earlier run left.
  absl::Status Open();

 private:
  void AcceptLoop();
  void Serve(int fd);

  const std::string path_;
  const Handler handler_;
  UniqueFd socket_;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<int> connections_;
};

// The client's side: sends one line, returns the answer. UNAVAILABLE when nobody listens there.
absl::StatusOr<std::string> Tell(const std::string& path, const std::string& line);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONTROL_CONTROL_SOCKET_H_
