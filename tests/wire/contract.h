// SPDX-License-Identifier: Apache-2.0
//
// A contract as a set of sentences, one for each thing that two peers must agree about on the wire.
// Contracts are compared by set difference, and a difference reads as its own explanation.
#ifndef RDS_CSI_WIRE_CONTRACT_H_
#define RDS_CSI_WIRE_CONTRACT_H_

#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace rds_csi {

// Sentences such as "field csi.v1.Volume 2 is string volume_id". Each holds what its kind may
// differ in: for a field the number, type, label, name and oneof; for a method both messages and
// whether they are streams; for an enum value the name and number; for an extension the number.
using Contract = std::set<std::string>;

// The contract that a compiled .proto file describes. Throws nothing, leaves nothing out but
// options.
Contract ContractOf(const google::protobuf::FileDescriptor& file);

// The contract in a recorded table: an object of `messages`, `enums`, `services` and `extensions`,
// as in tests/golden/wire-*.json. A table of another shape makes nlohmann::json throw.
Contract ContractOf(const nlohmann::json& table);

// What `all` says and `known` does not, in order.
Contract Missing(const Contract& all, const Contract& known);

// What either says.
Contract Either(const Contract& one, const Contract& other);

}  // namespace rds_csi

#endif  // RDS_CSI_WIRE_CONTRACT_H_
