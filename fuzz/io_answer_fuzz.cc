// SPDX-License-Identifier: Apache-2.0
// RunIo: the first byte is how rds-csi-io ended, the rest what it said. A failure never passes for
// an answer, and "not there" is only what a system call said.
#include "fuzz/fuzz.h"
#include "host/exec.h"
#include "host/io_protocol.h"

using namespace rds_csi;

namespace {

class OneAnswer final : public Exec {
 public:
  explicit OneAnswer(ExecResult result) : result_(std::move(result)) {}
  absl::StatusOr<ExecResult> Run(const std::vector<std::string>&, std::string_view,
                                 absl::Time) override {
    return result_;
  }

 private:
  const ExecResult result_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string said(Text(data + 1, size - 1));
  OneAnswer exec({.exit_code = data[0] % 4, .output = "output", .errors = said});
  const auto answer = RunIo(exec, {"probe", "/dev/nvme0n1"}, "", absl::InfiniteFuture());
  Require(answer.ok() == (data[0] % 4 == kIoDone), "a failure is an error");
  if (answer.ok()) return 0;
  Require(!answer.status().message().empty(), "an error has words");
  Require(!absl::IsNotFound(answer.status()) || data[0] % 4 == kIoFailed,
          "only a system call says that there is nothing");
  return 0;
}
