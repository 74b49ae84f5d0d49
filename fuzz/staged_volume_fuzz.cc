// SPDX-License-Identifier: Apache-2.0
// ParseStagedVolume: a record has exactly one text, and whatever is read keeps the rules of
// staged_volume.h.
#include "fuzz/fuzz.h"
#include "model/access.h"
#include "node/staged_volume.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<StagedVolume> volume = ParseStagedVolume(text);
  if (!volume.ok()) {
    Require(absl::IsFailedPrecondition(volume.status()), "refusals are FAILED_PRECONDITION");
    Require(volume.status().message().size() < 16384, "refusals are short");
    return 0;
  }
  Require(FormatStagedVolume(*volume) == text, "a record has one text");
  Require(volume->block == volume->fs_type.empty(), "a filesystem has a type, a device has none");
  Require(volume->staging_path.starts_with('/'), "a staging path is absolute");
  Require(volume->timeouts.anchor_seconds.has_value(), "a record says how long I/O waits");
  Require(FabricsOptions(TargetOf(*volume)).ok(), "what is read can be connected to");
  for (const std::string& option : volume->mount_options) {
    Require(CheckMountFlag(option).ok(), "no mount option that a request could not have");
  }
  return 0;
}
