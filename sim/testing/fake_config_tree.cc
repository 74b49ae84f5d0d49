// SPDX-License-Identifier: Apache-2.0
#include "sim/testing/fake_config_tree.h"

#include <algorithm>

namespace rds_csi::sim {
namespace {

std::string ParentOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool IsBelow(const std::string& path, const std::string& directory) {
  return path.rfind(directory + "/", 0) == 0;
}

absl::Status Refused(const std::string& path, std::string_view why) {
  return absl::UnavailableError(path + ": " + std::string(why));
}

}  // namespace

absl::Status FakeConfigTree::MakeDirectory(const std::string& path) {
  if (directories_.insert(path).second) journal_.push_back("mkdir " + path);
  return absl::OkStatus();
}

absl::Status FakeConfigTree::RemoveDirectory(const std::string& path) {
  if (directories_.count(path) == 0) return absl::OkStatus();
  for (const std::string& other : directories_) {
    if (IsBelow(other, path)) return Refused(path, "has objects");
  }
  for (const auto& [link, target] : links_) {
    if (IsBelow(link, path) || target == path) return Refused(path, "is linked");
  }
  directories_.erase(path);
  for (auto it = attributes_.begin(); it != attributes_.end();) {
    it = IsBelow(it->first, path) ? attributes_.erase(it) : std::next(it);
  }
  journal_.push_back("rmdir " + path);
  return absl::OkStatus();
}

std::string FakeConfigTree::ValueOf(const std::string& path) const {
  const auto found = attributes_.find(path);
  return found == attributes_.end() ? std::string() : found->second;
}

absl::Status FakeConfigTree::CheckRules(const std::string& path, std::string_view value) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const bool of_namespace = name.rfind("device_", 0) == 0 || name == "buffered_io";
  if (of_namespace && ValueOf(ParentOf(path) + "/enable") == "1") return Refused(path, "enabled");
  const bool any = name == "attr_allow_any_host" && value == "1";
  if (any && !List(ParentOf(path) + "/allowed_hosts").empty()) return Refused(path, "has hosts");
  return absl::OkStatus();
}

absl::Status FakeConfigTree::Write(const std::string& path, std::string_view value) {
  if (failing_.count(path) != 0) return Refused(path, "told to fail");
  if (directories_.count(ParentOf(path)) == 0) return Refused(path, "no such object");
  if (absl::Status status = CheckRules(path, value); !status.ok()) return status;
  attributes_[path] = value;
  journal_.push_back("write " + path + "=" + std::string(value));
  return absl::OkStatus();
}

absl::StatusOr<std::string> FakeConfigTree::Read(const std::string& path) {
  const auto found = attributes_.find(path);
  if (found == attributes_.end()) return absl::NotFoundError(path);
  return found->second;
}

absl::Status FakeConfigTree::Link(const std::string& target, const std::string& path) {
  if (directories_.count(target) == 0) return Refused(path, "target is not there");
  const std::string directory = ParentOf(path);
  const bool hosts = IsBelow(directory, "subsystems");
  if (hosts && ValueOf(ParentOf(directory) + "/attr_allow_any_host") == "1") {
    return Refused(path, "any host is allowed");
  }
  if (links_.emplace(path, target).second) journal_.push_back("link " + path);
  return absl::OkStatus();
}

absl::Status FakeConfigTree::Unlink(const std::string& path) {
  if (links_.erase(path) != 0) journal_.push_back("unlink " + path);
  return absl::OkStatus();
}

std::vector<std::string> FakeConfigTree::List(const std::string& path) {
  std::set<std::string> names;
  const auto add = [&](const std::string& entry) {
    if (!IsBelow(entry, path)) return;
    const std::string rest = entry.substr(path.size() + 1);
    names.insert(rest.substr(0, rest.find('/')));
  };
  std::for_each(directories_.begin(), directories_.end(), add);
  for (const auto& [link, target] : links_) add(link);
  return {names.begin(), names.end()};
}

}  // namespace rds_csi::sim
