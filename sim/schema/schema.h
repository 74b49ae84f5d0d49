// SPDX-License-Identifier: Apache-2.0
// The command tree of one RouterOS version: which menus, commands and arguments it has. The trees
// (sim/schema/*.json) are dumps of live RouterOS and are compiled into the program.
#ifndef RDS_CSI_SIM_SCHEMA_SCHEMA_H_
#define RDS_CSI_SIM_SCHEMA_SCHEMA_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace rds_csi::sim {

struct SchemaNode {
  enum class Kind { kMenu, kCommand, kArgument };

  Kind kind = Kind::kMenu;
  std::map<std::string, SchemaNode, std::less<>> children;

  // The child of that name, or null.
  const SchemaNode* Find(std::string_view name) const;
};

class Schema {
 public:
  // The versions there are trees for, oldest first: "7.16" … "7.24".
  static std::vector<std::string> Versions();

  // INVALID_ARGUMENT, naming the known ones, for any other version.
  static absl::StatusOr<Schema> Load(std::string_view version);

  const SchemaNode& root() const { return root_; }
  const std::string& version() const { return version_; }

  // What /system/resource says, for example "7.24.5 (stable)".
  std::string ReportedVersion() const;

  // The node at a path such as "/disk/btrfs/subvolume/add", or null. "/" is the root.
  const SchemaNode* Find(std::string_view path) const;

  bool HasCommand(std::string_view menu, std::string_view verb) const;
  bool HasArgument(std::string_view menu, std::string_view verb, std::string_view argument) const;

 private:
  Schema(std::string version, SchemaNode root);

  std::string version_;
  SchemaNode root_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_SCHEMA_SCHEMA_H_
