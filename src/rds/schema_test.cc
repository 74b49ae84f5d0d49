// SPDX-License-Identifier: Apache-2.0
// Every command that the driver can send, walked through the command trees of live RouterOS (one
// dump a version): menus, verbs and arguments must be there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "rds/console.h"
#include "rds/fake_router_os.h"
#include "rds/volumes.h"

namespace rds_csi {
namespace {

using nlohmann::json;

// The trees hold what can be set. These can only be read (the vendor's manual names them).
const std::set<std::string> kReadOnly = {".id", "size", "free", "fs", "mount-point", "state"};

json Tree(const std::string& version) {
  std::ifstream file(std::string(RDS_CSI_SCHEMA) + "/" + version + ".json");
  EXPECT_TRUE(file) << version;
  return json::parse(file);
}

// Where `path` ("/disk/print", ":put") leads; null when nowhere.
json Walk(const json& tree, std::string_view path) {
  json node = tree;
  for (const std::string_view part : Split(path.substr(1), '/')) {
    if (!node.contains(part)) return nullptr;
    node = json(node[std::string(part)]);
  }
  return node;
}

// A line's simple commands, innermost too: values hold no blanks, brackets or semicolons.
std::vector<std::string> Statements(std::string line) {
  for (char& c : line) {
    if (c == '[' || c == ']') c = ';';
  }
  std::vector<std::string> statements;
  for (const std::string_view statement : Split(line, ';')) {
    if (!Trim(statement).empty()) statements.emplace_back(Trim(statement));
  }
  return statements;
}

// What `tree` does not know of `statement`; empty when it knows it all. `menu` is where a bare
// "find" looks.
std::string Unknown(const json& tree, const std::string& statement, const std::string& menu) {
  const std::vector<std::string_view> words = Words(statement);
  const bool find = words[0] == "find";
  const json command = Walk(tree, find ? menu + "/find" : std::string(words[0]));
  if (command.is_null() || command["_type"] != "cmd") return std::string(words[0]);
  for (size_t i = 1; i < words.size() && words[i - 1] != "where"; ++i) {
    const std::string_view name = words[i].substr(0, words[i].find('='));
    const bool message = words[i].starts_with('"');  // the one argument of :put, without its name
    if (!message && !command.contains(name)) return std::string(words[i]);
  }
  return "";
}

std::string UnknownProperty(const json& tree, const RosCommand& command) {
  const json settable = Walk(tree, std::string(command.menu) + "/set");
  std::set<std::string> names(command.properties.begin(), command.properties.end());
  for (const auto& [name, value] : command.any_of) names.insert(name);
  for (const std::string& name : names) {
    if (!kReadOnly.contains(name) && !settable.contains(name)) return name;
  }
  return "";
}

// Everything that RdsVolumes ever sends.
std::vector<RosCommand> EveryCommand() {
  const absl::Time deadline = absl::InfiniteFuture();
  const VolumeId id = *VolumeId::Parse("pvc-1");
  FakeRouterOs rds;
  RdsVolumes volumes(rds, {});
  EXPECT_TRUE(volumes.CheckVersion(deadline).ok());
  const auto volume = volumes.Create({id, "/storage-pool/csi", 1 << 30, 4420, "cluster"}, deadline);
  EXPECT_TRUE(volumes.Find(id, deadline).ok());
  EXPECT_TRUE(volumes.Find(id, "/storage-pool/csi", deadline).ok());
  EXPECT_TRUE(volumes.SetAttachments(*volume, *volume->ledger, {{"nqn.a"}}, deadline).ok());
  EXPECT_TRUE(volumes.CutOff(*volume, deadline).ok());
  EXPECT_TRUE(volumes.Grow(*volume, int64_t{2} << 30, deadline).ok());
  EXPECT_TRUE(volumes.List("cluster", {}, deadline).ok());
  EXPECT_TRUE(volumes.Delete(*volume, deadline).ok());
  EXPECT_TRUE(volumes.RemoveLeftFiles(id, deadline).ok());
  return rds.commands;
}

// The first thing that RouterOS `version` would not understand.
std::string FirstUnknown(const std::string& version) {
  const json tree = Tree(version);
  for (const RosCommand& command : EveryCommand()) {
    std::string property = UnknownProperty(tree, command);
    if (!property.empty()) return property;
    for (const std::string& statement : Statements(*ToConsoleLine(command))) {
      std::string unknown = Unknown(tree, statement, std::string(command.menu));
      if (!unknown.empty()) return unknown;
    }
  }
  return "";
}

TEST(SchemaTest, EveryCommandIsKnownToEverySupportedVersion) {
  for (const char* version : {"7.21", "7.22", "7.23", "7.24"}) {
    EXPECT_EQ(FirstUnknown(version), "") << version;
  }
}

TEST(SchemaTest, TheVersionsThatAreRefusedWouldNotUnderstand) {
  EXPECT_EQ(FirstUnknown("7.20.8"), "nvme-tcp-server-nqn");
  EXPECT_NE(FirstUnknown("7.16"), "");
}

TEST(SchemaTest, EveryVerbIsAmongThem) {
  std::set<std::string> names;
  for (const RosCommand& command : EveryCommand()) names.insert(NameOf(command));
  EXPECT_THAT(names, testing::UnorderedElementsAre("/disk print", "/disk add", "/disk set",
                                                   "/disk remove", "/file print", "/file remove",
                                                   "/system/resource print"));
}

}  // namespace
}  // namespace rds_csi
