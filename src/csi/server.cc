// SPDX-License-Identifier: Apache-2.0
#include "csi/server.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <sys/stat.h>

#include <chrono>
#include <future>
#include <utility>

#include "base/log.h"
#include "base/status.h"

namespace rds_csi {
namespace {

constexpr int kLargestRequest = 1 << 20;
constexpr absl::Duration kAfterCancelling = absl::Seconds(2);

LogLevel LevelOf(gpr_log_severity severity) {
  // What gRPC calls an error is about one connection and mended by a retry.
  return severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning : LogLevel::kDebug;
}

void LogForGrpc(gpr_log_func_args* line) {
  Log(LevelOf(line->severity), "grpc", {{"text", line->message}});
}

// Files made while it lives belong to our user alone.
class PrivateUmask {
 public:
  PrivateUmask() : former_(umask(0177)) {}
  ~PrivateUmask() { umask(former_); }
  PrivateUmask(const PrivateUmask&) = delete;
  PrivateUmask& operator=(const PrivateUmask&) = delete;

 private:
  const mode_t former_;
};

std::unique_ptr<grpc::Server> Build(const std::string& path,
                                    const std::vector<grpc::Service*>& services) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix://" + path, grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(kLargestRequest);
  for (grpc::Service* service : services) builder.RegisterService(service);
  const PrivateUmask umask_while_listening;
  return builder.BuildAndStart();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const std::string& path,
                                                      const std::vector<grpc::Service*>& services) {
  gpr_set_log_function(LogForGrpc);
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> claim, ClaimSocket(path));
  std::unique_ptr<grpc::Server> server = Build(path, services);
  if (server == nullptr) {
    return absl::UnavailableError(fmt::format("gRPC cannot listen on {}", path));
  }
  return std::unique_ptr<Server>(new Server(std::move(claim), std::move(server)));
}

Server::Server(std::unique_ptr<FileLock> claim, std::unique_ptr<grpc::Server> server)
    : claim_(std::move(claim)), server_(std::move(server)) {}

Server::~Server() {
  if (stopper_.joinable()) stopper_.join();
}

bool Server::Stop(absl::Duration patience) {
  // gRPC waits for its handlers without end; so that is done on a thread of its own.
  std::promise<void> ended;
  const std::future<void> end = ended.get_future();
  stopper_ = std::thread([this, patience, ended = std::move(ended)]() mutable {
    server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(patience));
    ended.set_value();
  });
  const absl::Duration wait = patience + kAfterCancelling;
  return end.wait_for(absl::ToChronoMilliseconds(wait)) == std::future_status::ready;
}

}  // namespace rds_csi
