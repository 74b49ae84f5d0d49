// SPDX-License-Identifier: Apache-2.0
// Both contexts: the first line is the publish context, the rest the volume context. Whatever they
// say, a node connects to this volume and to nothing else, with plain values.
#include "fuzz/fuzz.h"
#include "model/contexts.h"

using namespace rds_csi;

namespace {

void CheckVolumeContext(const VolumeId& volume, const StringMap& map) {
  const absl::StatusOr<VolumeContext> context = ParseVolumeContext(volume, map);
  if (!context.ok()) return;
  const auto again = ParseVolumeContext(volume, FormatVolumeContext(volume, *context));
  Require(again.ok() && *again == *context, "formatted and parsed, it is the same");
}

void CheckTarget(const VolumeId& volume, const StringMap& publish, const StringMap& map) {
  const absl::StatusOr<ConnectionTarget> target = ParseContexts(volume, publish, map);
  if (!target.ok()) {
    Require(absl::IsInvalidArgument(target.status()), "refusals are INVALID_ARGUMENT");
    return;
  }
  Require(target->nqn == volume.Nqn(), "the NQN is the volume's");
  Require(!target->address.host.empty() && IsPlain(target->address.host), "the address is plain");
  Require(target->host.has_value() == (target->generation > 0), "an identity has a generation");
  if (!target->host) return;
  const PublishContext context{target->address, target->fs_type, *target->host, target->generation,
                               target->formatting};
  const auto again = ParseContexts(volume, FormatPublishContext(volume, context), map);
  Require(again.ok() && again->host == target->host && again->address == target->address &&
              again->generation == target->generation && again->formatting == target->formatting,
          "formatted and parsed, it is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const VolumeId volume = *VolumeId::Parse("pvc-1");
  const std::string_view text = Text(data, size);
  const size_t end = std::min(text.find('\n'), text.size());
  const StringMap map = Map(end == text.size() ? "" : text.substr(end + 1));
  CheckVolumeContext(volume, map);
  CheckTarget(volume, Map(text.substr(0, end)), map);
  return 0;
}
