// SPDX-License-Identifier: Apache-2.0
// What goes over the socket between the driver and `rds-csi-io serve`: a request, its answer, the
// next request. A message is a list of texts behind their lengths; both ends are on one machine,
// so numbers are the machine's own.
#ifndef RDS_CSI_HOST_IO_MESSAGES_H_
#define RDS_CSI_HOST_IO_MESSAGES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "host/exec_result.h"

namespace rds_csi {

inline constexpr size_t kIoMessageLimit = 4 << 20;  // bytes; a longer one is broken

struct IoRequest {
  std::vector<std::string> words;  // verb and arguments: host/io_protocol.h
  std::string input;               // what the command line reads from standard input
};

std::string FormatIoRequest(const IoRequest& request);
std::string FormatIoAnswer(const ExecResult& answer);

// What has come so far of one message. Nothing may follow it: whoever asks waits for the answer.
enum class Arrival { kPartial, kWhole, kBroken };

// Only a whole one is written to `request` or `answer`.
Arrival ParseIoRequest(std::string_view bytes, IoRequest& request);
Arrival ParseIoAnswer(std::string_view bytes, ExecResult& answer);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_IO_MESSAGES_H_
