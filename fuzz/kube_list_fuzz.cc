// SPDX-License-Identifier: Apache-2.0
// A list and a watch of whatever a server answers: the first byte picks the status, each further
// answer begins after a 0xff byte.
#include <vector>

#include "fuzz/fuzz.h"
#include "kube/api.h"

using namespace rds_csi;

namespace {

// Says one answer after the other, then that it is away.
class Scripted final : public Http {
 public:
  Scripted(long status, std::string_view script)
      : status_(status), pieces_(Split(script, '\xff')) {}

  absl::StatusOr<Answer> Send(const Request& request, const Until&) override {
    Require(request.path.starts_with("/api/v1/"), "a path is where it should be");
    Require(IsPlain(std::string_view(request.path).substr(request.path.find('=') + 1)) ||
                request.path.find('&') != std::string::npos,
            "a query is escaped");
    for (const char c : request.path) Require(c > ' ' && c < '\x7f', "a path is printable");
    if (at_ == pieces_.size()) return absl::UnavailableError("away");
    return Answer{at_ == 0 ? status_ : 200, std::string(pieces_[at_++]), {}};
  }
  absl::StatusOr<Answer> Stream(const Request&, const Until&, const OnLine& on_line) override {
    for (const std::string_view line : pieces_) {
      if (absl::Status status = on_line(line); !status.ok()) return status;
    }
    return Answer{200, "", {}};
  }

 private:
  long status_;
  std::vector<std::string_view> pieces_;
  size_t at_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr long kStatus[] = {200, 201, 400, 401, 403, 404, 409, 410, 429, 500, 503};
  Scripted server(kStatus[data[0] % 11], Text(data + 1, size - 1));
  const KubeApi api(server);
  size_t taken = 0;
  const ListSink sink{[&taken] { taken = 0; },
                      [&taken](const Json&) {
                        ++taken;
                        return absl::OkStatus();
                      }};
  const auto version = api.List(kNodes, "", {}, sink, {});
  if (version.ok()) Require(!version->empty(), "a list has a version to watch from");
  std::string from = "1";
  const auto end =
      api.Watch(kNodes, "", {}, from, [](const WatchEvent&) { return absl::OkStatus(); }, {});
  Require(!from.empty(), "a watch always knows where it is");
  if (!end.ok()) Require(end.status().message().size() < 4096, "errors are short");
  return 0;
}
