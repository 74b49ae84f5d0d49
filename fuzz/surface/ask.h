// SPDX-License-Identifier: Apache-2.0
// One call: a good request is made, spoiled as the input has it, sent, and the answer is judged by
// the rules that hold for every RPC.
#ifndef RDS_CSI_FUZZ_SURFACE_ASK_H_
#define RDS_CSI_FUZZ_SURFACE_ASK_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "csi.pb.h"
#include "fuzz/surface/choices.h"
#include "fuzz/surface/rpc.h"
#include "model/storage_class.h"

namespace rds_csi::surface {

// What a good request has in its fields, by their names.
struct Good {
  std::map<std::string_view, std::string> texts;
  std::map<std::string_view, StringMap> maps;
  csi::v1::VolumeCapability capability;
  csi::v1::CapacityRange range;
};

// Capabilities that the driver offers.
csi::v1::VolumeCapability PickCapability(Choices& choices);

struct Asked {
  const Rpc& rpc;
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> response;
  grpc::Status status;

  bool ok() const { return status.ok(); }
  // The request, where it is of that type and was granted; else nullptr.
  template <typename Request>
  const Request* Granted() const {
    return ok() ? dynamic_cast<const Request*>(request.get()) : nullptr;
  }
};

// Asked before the call: whether nothing has gone wrong in the world so far that it meets. Then
// nothing is answered that only trouble explains, and what was granted is granted again with the
// same answer.
using IsCalm = absl::FunctionRef<bool(const Message& request)>;

Asked Ask(grpc::Service& service, const Rpc& rpc, const Good& good, IsCalm is_calm,
          Choices& choices);

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_ASK_H_
