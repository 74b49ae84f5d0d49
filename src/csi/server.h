// SPDX-License-Identifier: Apache-2.0
// The gRPC server: owns the socket and the threads, and nothing else.
#ifndef RDS_CSI_CSI_SERVER_H_
#define RDS_CSI_CSI_SERVER_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "csi/socket_claim.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace rds_csi {

class Server {
 public:
  // Serves on the socket `path`, which only our own user may connect to (0600). The services
  // outlive the server. gRPC's own words go to our log from now on.
  // The errors of ClaimSocket. UNAVAILABLE: gRPC cannot listen there.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const std::string& path,
                                                       const std::vector<grpc::Service*>& services);

  // Stop() must have been called; waits for whatever it left behind.
  ~Server();

  // Takes no new calls and waits for those that run; what still runs after `patience` is told that
  // its client is gone, and gets 2 s more. The socket is removed.
  // False: some call does not come back. Destroying the server would wait for it without end, so
  // the process should end at once: whatever it was doing, the next one takes it up.
  bool Stop(absl::Duration patience);

 private:
  Server(std::unique_ptr<FileLock> claim, std::unique_ptr<grpc::Server> server);

  const std::unique_ptr<FileLock> claim_;
  const std::unique_ptr<grpc::Server> server_;
  std::thread stopper_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_SERVER_H_
