// SPDX-License-Identifier: Apache-2.0
// The kernel's nvmet tree in memory, with the kernel's rules that matter:
//   - a directory with objects or links in it is not removed, neither is one that a link points to;
//   - the attributes of a namespace change only while it is disabled;
//   - a subsystem admits any host or a list, never both.
#ifndef RDS_CSI_SIM_TESTING_FAKE_CONFIG_TREE_H_
#define RDS_CSI_SIM_TESTING_FAKE_CONFIG_TREE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/nvmet/backing.h"
#include "sim/nvmet/config_tree.h"

namespace rds_csi::sim {

class FakeConfigTree : public ConfigTree {
 public:
  absl::Status MakeDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status Write(const std::string& path, std::string_view value) override;
  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::Status Link(const std::string& target, const std::string& path) override;
  absl::Status Unlink(const std::string& path) override;
  std::vector<std::string> List(const std::string& path) override;

  // One line for each thing done, in its order: "mkdir x", "rmdir x", "write x=1", "link x", …
  const std::vector<std::string>& journal() const { return journal_; }
  // Writes to that attribute fail from now on.
  void FailOn(const std::string& path) { failing_.insert(path); }

 private:
  absl::Status CheckRules(const std::string& path, std::string_view value);
  std::string ValueOf(const std::string& path) const;

  std::set<std::string> directories_;
  std::map<std::string, std::string> attributes_;
  std::map<std::string, std::string> links_;  // target by path
  std::set<std::string> failing_;
  std::vector<std::string> journal_;
};

// Hands out /dev/loop0, /dev/loop1, …
class FakeBackings : public Backings {
 public:
  absl::StatusOr<Backing> Attach(const std::string& file) override {
    if (!loops) return Backing{.path = file, .is_file = true, .keep_alive = {}};
    const std::string path = "/dev/loop" + std::to_string(files_.size());
    files_[path] = file;
    return Backing{.path = path, .is_file = false, .keep_alive = {}};
  }
  absl::Status Grow(const std::string& path) override {
    grown.push_back(path);
    return absl::OkStatus();
  }
  std::string FileOf(const std::string& path) override {
    const auto found = files_.find(path);
    return found == files_.end() ? path : found->second;
  }

  bool loops = true;
  std::vector<std::string> grown;

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_TESTING_FAKE_CONFIG_TREE_H_
