// SPDX-License-Identifier: Apache-2.0
// Objects of the API server as the driver reads them: what is read has a name, what cannot be read
// is INTERNAL, and an object that was read is written and read again as it was.
#include "fuzz/fuzz.h"
#include "kube/objects.h"

using namespace rds_csi;

namespace {

template <typename Read>
void Check(const Json& object, const Read& read) {
  const auto value = read(object);
  if (value.ok()) {
    Require(!value->meta.name.name.empty() && !value->meta.uid.empty(), "what is read has a name");
    return;
  }
  Require(absl::IsInternal(value.status()), "what cannot be read is INTERNAL");
  Require(value.status().message().size() < 4096, "errors are short");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto object = ParseObject(Text(data, size), "get", {"managedFields"});
  if (!object.ok()) {
    Require(absl::IsInternal(object.status()), "what is no object is INTERNAL");
    Require(object.status().message().size() < 4096, "errors are short");
    return 0;
  }
  Check(*object, ReadPersistentVolume);
  Check(*object, ReadPersistentVolumeClaim);
  Check(*object, ReadVolumeAttachment);
  const auto again = ParseObject(ToText(*object), "get");
  Require(again.ok() && ToText(*again) == ToText(*object), "an object survives a round trip");
  return 0;
}
