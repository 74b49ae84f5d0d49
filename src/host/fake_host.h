// SPDX-License-Identifier: Apache-2.0
// A small simulator of a Linux node for tests: files, mounts, the kernel's NVMe/TCP host with the
// targets it can reach, and the programs the driver runs. It keeps a journal of effects, one line
// each, in order; tests look at the state and at the journal and at nothing else. Faults are data.
//
//   FakeHost machine;
//   machine.Export("nqn…:pvc-1", 1 << 30);             a target that can be connected to
//   machine.FailOn("mount ", EIO);                      from now on
//   StageVolume({machine.host(), config}, request, …);
//   EXPECT_THAT(machine.journal(), Not(Contains(StartsWith("mkfs"))));
#ifndef RDS_CSI_HOST_FAKE_HOST_H_
#define RDS_CSI_HOST_FAKE_HOST_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fake_clock.h"
#include "host/host.h"

namespace rds_csi {

// What lies behind an NQN on the other side of the network.
struct FakeTarget {
  int64_t size_bytes = 0;
  std::string contents = "blank";  // what a probe finds: "blank", "filesystem ext4", "other …"
  std::set<std::string> hosts;     // host NQNs that are admitted; empty admits everybody
  bool exported = true;
  bool has_namespace = true;   // false: connecting works, no block device appears
  std::string state = "live";  // what new controllers come up as
};

class FakeHost final : private Files, private Mounts, private Exec, private Events {
 public:
  FakeHost();

  Host host();
  FakeClock& clock() { return clock_; }

  // --- the world around ---

  // A target at 10.0.0.1:4420 (IPv4, name "rds" resolves to it).
  FakeTarget& Export(const std::string& nqn, int64_t size_bytes);
  FakeTarget& target(const std::string& nqn) { return targets_.at(nqn); }
  // The kernel gives up the connections of `nqn`: controllers and device vanish, mounts stay.
  void LoseConnection(const std::string& nqn);
  void SetControllerState(const std::string& controller, const std::string& state);
  // A connection that somebody made before: answers the device's path.
  std::string ConnectAs(const std::string& nqn, const std::string& host_nqn);
  // The next connection gets this number in its names.
  void SetNextInstance(int instance) { next_instance_ = instance; }
  // Runs `action` when a wait reaches that much later than now.
  void After(absl::Duration delay, std::function<void()> action);

  void AddFile(const std::string& path, std::string content, uint32_t mode = 0644);
  void AddDirectory(const std::string& path);
  void AddSymbolicLink(const std::string& path, const std::string& to);
  void AddDeviceNode(const std::string& path, DeviceNumber number);
  void AddMount(Mount mount);
  // A line of rds-csi-io's answer to `openers`, besides the mounts, which it finds by itself.
  void AddOpener(DeviceNumber number, const std::string& line);

  // Every effect whose journal line starts with `prefix`, and every program or rds-csi-io verb
  // whose command line does, fails with this errno. ETIMEDOUT: the program is killed at its
  // deadline.
  void FailOn(const std::string& prefix, int error);
  // The next time only, and after the effect was made: the caller does not learn of it.
  void FailOnceAfter(const std::string& prefix, int error);
  void StopFailing() { faults_.clear(); }
  // What a program (its name) answers instead of doing its work.
  void SetProgram(const std::string& name, ExecResult result);
  // Called before each effect with its journal line, without any lock held.
  void SetOnEffect(std::function<void(const std::string&)> on_effect);

  // --- what has become of it ---

  std::vector<std::string> journal() const;
  void ClearJournal();
  std::vector<Mount> mounts_at(const std::string& target) const;
  size_t mount_count() const;
  std::optional<FileInfo> FindFile(const std::string& path);
  std::string ReadFile(const std::string& path);
  // Device paths connected for `nqn`.
  std::vector<std::string> DevicesOf(const std::string& nqn) const;

 private:
  struct Node {
    FileInfo info;
    std::string content;  // of a symbolic link: where it points
  };
  struct Fault {
    std::string prefix;
    int error;
    bool once_after;
  };
  struct Controller {
    std::string name;
    std::string nqn;
    std::string host_nqn;
    std::string device;  // "nvme0n1"
  };

  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override;
  absl::StatusOr<FileInfo> Stat(const std::string& path) override;
  absl::StatusOr<std::string> RealPath(const std::string& path) override;
  absl::Status Write(const std::string& path, std::string_view data) override;
  absl::Status Replace(const std::string& path, std::string_view data, uint32_t mode) override;
  absl::Status CreateExclusively(const std::string& path, uint32_t mode) override;
  absl::Status MakeDirectories(const std::string& path, uint32_t mode) override;
  absl::Status RemoveFile(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;

  absl::StatusOr<std::vector<Mount>> List() override;
  absl::Status MountFilesystem(const MountRequest& request, absl::Time deadline) override;
  absl::Status Bind(const BindRequest& request, absl::Time deadline) override;
  absl::Status Unmount(const std::string& target, absl::Time deadline) override;

  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input,
                                 absl::Time deadline) override;

  uint64_t Count() override;
  void Wait(uint64_t seen, absl::Time deadline) override;

  // Runs `act` under the lock as one journaled effect, faults applied. The errno, 0 when all is
  // well.
  int Effect(const std::string& line, const std::function<int()>& act);
  absl::Status EffectStatus(const std::string& line, const std::function<int()>& act);
  std::optional<int> TakeFault(std::string_view line, bool once_after);

  ExecResult RunIoVerb(const std::vector<std::string>& argv, std::string_view input);
  ExecResult RunProgram(const std::vector<std::string>& argv);
  int Exchange(std::string_view options, std::string& reply);
  int WriteAttribute(const std::string& path);
  int Format(const std::string& device, const std::string& fs_type);
  std::string Openers(const std::string& number) const;
  std::string ConnectLocked(const std::string& nqn, const std::string& host_nqn);
  void RemoveController(const std::string& name);
  void Rescan(const std::string& controller);
  FakeTarget* FindTargetOfDevice(const std::string& device);
  bool HasChildren(const std::string& path) const;
  void Put(const std::string& path, std::string content);
  void RemoveTree(const std::string& path);
  void RunDueActions();

  mutable std::mutex mutex_;
  FakeClock clock_;
  std::map<std::string, Node> files_;
  std::vector<Mount> mounts_;
  std::map<std::string, FakeTarget> targets_;  // by NQN
  std::vector<Controller> controllers_;
  std::map<std::string, std::vector<std::string>> openers_;
  std::map<std::string, ExecResult> programs_;
  std::vector<Fault> faults_;
  std::vector<std::pair<absl::Time, std::function<void()>>> actions_;
  std::function<void(const std::string&)> on_effect_;
  std::vector<std::string> journal_;
  int next_instance_ = 0;
  uint64_t events_ = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_FAKE_HOST_H_
