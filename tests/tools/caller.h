// SPDX-License-Identifier: Apache-2.0
//
// CSI calls without generated stubs: a method's name and a request in protobuf JSON in, a status
// code and a response in protobuf JSON out.
#ifndef RDS_CSI_TOOLS_CALLER_H_
#define RDS_CSI_TOOLS_CALLER_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace rds_csi {

struct Call {
  std::string socket;  // a gRPC target: unix:///csi/csi.sock
  std::string method;  // csi.v1.Node/NodeGetInfo
  nlohmann::ordered_json request = nlohmann::ordered_json::object();
  int64_t timeout_ms = 60000;
  bool wait_for_ready = false;  // wait until something listens there
};

constexpr int kNotCalled = -1;  // the code when no call could be made

struct Answer {
  int code = kNotCalled;            // a gRPC status code, or kNotCalled
  std::string message;              // what the peer said, or why no call was made
  nlohmann::ordered_json response;  // null unless the code is 0; unset primitives are printed
  double ms = 0;                    // from sending the request to having the answer
};

// "OK", "NOT_FOUND", ...; "NOT_CALLED" for what is no gRPC code.
const char* CodeName(int code);

// The answer when no call could be made.
Answer NotCalled(std::string reason);

// Makes calls, and keeps one channel for each socket. Safe to use from many threads at once.
class Caller {
 public:
  // Blocks until the peer answered or the deadline passed. An unknown or streaming method, and a
  // request that is not the method's message, are answered with kNotCalled.
  Answer Make(const Call& call);

 private:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& socket);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_TOOLS_CALLER_H_
