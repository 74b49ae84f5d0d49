// SPDX-License-Identifier: Apache-2.0
// ParseAbsolutePath and ParseRdsDirectory: what is taken is clean and lies below its own parent.
#include "fuzz/fuzz.h"
#include "model/paths.h"
#include "model/storage_class.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<std::string> path = ParseAbsolutePath(text, "target_path");
  if (path.ok()) {
    Require(*path == text, "it is taken unchanged");
    Require(IsBelow(*path, ParentOf(*path)), "a path lies below its parent");
    Require((*path + "/").find("/../") == std::string::npos, "it leads nowhere else");
    Require(path->find('\0') == std::string::npos, "the kernel sees all of it");
  }
  const absl::StatusOr<std::string> directory = ParseRdsDirectory(text);
  if (directory.ok()) {
    Require(path.ok(), "a directory of the RDS is an absolute path");
    Require(IsPlain(*directory), "a directory of the RDS is safe in a console");
  }
  return 0;
}
