// SPDX-License-Identifier: Apache-2.0
#include "rds/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/status.h"

namespace rds_csi {
namespace {

std::string Contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

RosCommand::Verb VerbOf(const std::string& name) {
  using Verb = RosCommand::Verb;
  static const std::map<std::string, Verb> kVerbs = {
      {"print", Verb::kPrint}, {"add", Verb::kAdd}, {"set", Verb::kSet}, {"remove", Verb::kRemove}};
  return kVerbs.at(name.substr(0, name.find('-')));
}

void TakeHttpStatus(Golden& golden) {
  if (!golden.reply.starts_with("HTTP ")) return;
  const size_t end = golden.reply.find('\n');
  golden.http_status = std::strtol(golden.reply.c_str() + 5, nullptr, 10);
  golden.reply.erase(0, end + 1);
}

}  // namespace

RosCommand DiskCommand(RosCommand::Verb verb) {
  RosCommand command;
  command.menu = "/disk";
  command.verb = verb;
  if (verb == RosCommand::Verb::kSet || verb == RosCommand::Verb::kRemove) command.id = "*1F";
  return command;
}

std::vector<Golden> ReadGoldens(const std::string& door) {
  std::vector<Golden> goldens;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(RDS_CSI_TESTDATA) / door)) {
    std::filesystem::path path = entry.path();
    if (path.extension() != ".reply") continue;
    Golden golden{path.stem().string(), VerbOf(path.stem().string()), 0, Contents(path), ""};
    TakeHttpStatus(golden);
    golden.expected = Contents(path.replace_extension(".expected"));
    goldens.push_back(golden);
  }
  EXPECT_FALSE(goldens.empty()) << door;
  return goldens;
}

std::string Shown(const absl::StatusOr<std::vector<RosRecord>>& records) {
  if (!records.ok()) {
    return std::string(absl::StatusCodeToString(records.status().code())) + ": " +
           Message(records.status()) + "\n";
  }
  std::string text;
  for (const RosRecord& record : *records) {
    for (const auto& [property, value] : record)
      text.append(property).append("=").append(value).append("\n");
    text += "\n";
  }
  return text;
}

}  // namespace rds_csi
