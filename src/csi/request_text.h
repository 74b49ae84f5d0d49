// SPDX-License-Identifier: Apache-2.0
// What a log may say about a request, whatever its type: found by reflection over the message, so
// that no RPC has to remember to leave its secrets out.
#ifndef RDS_CSI_CSI_REQUEST_TEXT_H_
#define RDS_CSI_CSI_REQUEST_TEXT_H_

#include <string>

#include "base/log.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace rds_csi {

// "NodeStageVolume" for a csi.v1.NodeStageVolumeRequest.
std::string MethodOf(const google::protobuf::Message& request);

// What the request is about: those of volume_id, name, node_id, staging_target_path, target_path
// and volume_path that it has, each cut after 256 bytes.
LogFields SubjectOf(const google::protobuf::Message& request);

// The whole request as JSON, at most 4 KiB of it, without any field that is marked csi_secret, at
// whatever depth, and without fields that this contract does not know.
std::string WithoutSecrets(const google::protobuf::Message& request);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_REQUEST_TEXT_H_
