// SPDX-License-Identifier: Apache-2.0
// The RPCs of a service as data, so that one function can fill, spoil, call and judge them all.
#ifndef RDS_CSI_FUZZ_SURFACE_RPC_H_
#define RDS_CSI_FUZZ_SURFACE_RPC_H_

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "csi/request_text.h"

namespace rds_csi::surface {

using google::protobuf::Message;

struct Rpc {
  char letter;         // that stands for it in an input
  std::string method;  // "CreateVolume"
  std::function<std::unique_ptr<Message>()> new_request;
  std::function<std::unique_ptr<Message>()> new_response;
  std::function<grpc::Status(grpc::Service&, const Message& request, Message& response)> call;
};

// MakeRpc('c', &csi::v1::Controller::Service::CreateVolume). The call is made as gRPC makes it,
// from a client that sets no deadline.
template <typename Service, typename Request, typename Response>
Rpc MakeRpc(char letter,
            grpc::Status (Service::*method)(grpc::ServerContext*, const Request*, Response*)) {
  return {.letter = letter,
          .method = MethodOf(Request()),
          .new_request = [] { return std::make_unique<Request>(); },
          .new_response = [] { return std::make_unique<Response>(); },
          .call =
              [method](grpc::Service& service, const Message& request, Message& response) {
                grpc::ServerContext context;
                return (dynamic_cast<Service&>(service).*method)(
                    &context, &dynamic_cast<const Request&>(request),
                    &dynamic_cast<Response&>(response));
              }};
}

// Ends the process unless `rpcs` are all there are in the service of that name ("csi.v1.Node").
void RequireAll(const std::vector<Rpc>& rpcs, const std::string& service);

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_RPC_H_
