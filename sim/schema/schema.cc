// SPDX-License-Identifier: Apache-2.0
#include "sim/schema/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/units.h"
#include "sim/schema/embedded.h"

namespace rds_csi::sim {
namespace {

SchemaNode::Kind KindOf(const nlohmann::json& tree) {
  const std::string type = tree.value("_type", "dir");
  if (type == "cmd") return SchemaNode::Kind::kCommand;
  return type == "arg" ? SchemaNode::Kind::kArgument : SchemaNode::Kind::kMenu;
}

SchemaNode FromJson(const nlohmann::json& tree) {
  SchemaNode node{.kind = KindOf(tree), .children = {}};
  for (const auto& [name, child] : tree.items()) {
    if (child.is_object()) node.children.emplace(name, FromJson(child));
  }
  return node;
}

}  // namespace

const SchemaNode* SchemaNode::Find(std::string_view name) const {
  const auto found = children.find(name);
  return found == children.end() ? nullptr : &found->second;
}

Schema::Schema(std::string version, SchemaNode root)
    : version_(std::move(version)), root_(std::move(root)) {}

std::vector<std::string> Schema::Versions() {
  std::vector<std::string> versions;
  for (const EmbeddedTree& tree : EmbeddedTrees()) versions.emplace_back(tree.version);
  return versions;
}

absl::StatusOr<Schema> Schema::Load(std::string_view version) {
  const auto trees = EmbeddedTrees();
  const auto tree =
      std::find_if(trees.begin(), trees.end(), [&](const auto& t) { return t.version == version; });
  if (tree == trees.end()) {
    return absl::InvalidArgumentError(
        fmt::format("RouterOS version {}: not one of {}", version, fmt::join(Versions(), ", ")));
  }
  const nlohmann::json json = nlohmann::json::parse(tree->json, nullptr, false);
  if (!json.is_object()) {
    return absl::InternalError(fmt::format("the command tree of {} is not JSON", version));
  }
  return Schema(std::string(version), FromJson(json));
}

std::string Schema::ReportedVersion() const {
  if (version_ == "7.24") return "7.24.5 (stable)";
  if (version_ == "7.23") return "7.23.5 (long-term)";
  if (version_ == "7.21") return "7.21.5 (stable)";
  return version_ + " (stable)";
}

const SchemaNode* Schema::Find(std::string_view path) const {
  const SchemaNode* node = &root_;
  for (const std::string& name : SplitList(path, '/')) {
    node = node->Find(name);
    if (node == nullptr) return nullptr;
  }
  return node;
}

bool Schema::HasCommand(std::string_view menu, std::string_view verb) const {
  const SchemaNode* node = Find(menu);
  const SchemaNode* command = node == nullptr ? nullptr : node->Find(verb);
  return command != nullptr && command->kind == SchemaNode::Kind::kCommand;
}

bool Schema::HasArgument(std::string_view menu, std::string_view verb,
                         std::string_view argument) const {
  return HasCommand(menu, verb) && Find(menu)->Find(verb)->Find(argument) != nullptr;
}

}  // namespace rds_csi::sim
