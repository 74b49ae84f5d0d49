// SPDX-License-Identifier: Apache-2.0
// A small simulator of a Linux node for tests: files, mounts, the kernel's NVMe/TCP host with the
// targets it can reach, the kernel's own target (nvmet, through configfs), device mapper, and the
// programs the driver runs. It keeps a journal of effects, one line each, in order; tests look at
// the state and at the journal and at nothing else. Faults are data.
//
// A block device (a *head*, nvme0n1) has paths, one for each controller of its NQN that shows the
// same namespace, whatever host NQN it was connected as. It dies with the last of them. A path is
// usable when its controller is live, its ANA state is not inaccessible and its size was that of
// the head when the kernel last looked at another path; while there is none, but one that waits, so
// does all I/O: probes and unmounts then hang as they do in the kernel. What was written and not
// synced (WriteUnsynced) goes out with the first usable path, as
//   "flush NQN as HOST_NQN"        under the host NQN of that path
//   "lost pages NQN of HOST_NQN"   the head died first; the host NQN is that of the attachment
//   "misdirected NQN"              the path was one of nvmet on this machine
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
  std::string contents = "blank";  // what a probe finds: "blank", "filesystem ext4", "data 0" …
  std::set<std::string> hosts;     // host NQNs that are admitted; empty admits everybody
  bool exported = true;
  bool has_namespace = true;   // false: connecting works, no block device appears
  std::string state = "live";  // what new controllers come up as
  int nsid = 1;
  std::string uuid;   // of the namespace; Export makes one up for each NQN
  std::string nguid;  // empty: none, as with all volumes of the RDS
  std::string eui;    // likewise
  int64_t block_bytes = 512;
  bool many_controllers = true;  // false: the kernel takes no second controller beside this one
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
  // The kernel gives up the connections of `nqn` to its target: these controllers vanish, the
  // device too unless it has an anchor, mounts stay.
  void LoseConnection(const std::string& nqn);
  // Live controllers whose head is without usable path until then make it usable.
  void SetControllerState(const std::string& controller, const std::string& state);
  // A connection that somebody made before: answers the device's path.
  std::string ConnectAs(const std::string& nqn, const std::string& host_nqn);
  // The next connection gets this number in its names.
  void SetNextInstance(int instance) { next_instance_ = instance; }
  // The target tells the node that its size has changed.
  void AnnounceSize(const std::string& nqn);
  // Somebody writes to the device of `nqn` and does not sync.
  void WriteUnsynced(const std::string& nqn);
  // A process writes to what is mounted at `target`, filesystem or device, and syncs. One that
  // opened a device earlier (`opened`) reaches that one or none.
  struct Io {
    enum class Outcome { kFails, kWaits, kDone } outcome = Outcome::kFails;
    std::string nqn;       // of the volume that it went to, or waits for
    std::string host_nqn;  // done: of the path that it went over
    int device = 0;        // which of all there ever were: the kernel gives their numbers again
  };
  Io WriteTo(const std::string& target, int opened = 0);
  // A kernel without nvmet, as it is before the module is loaded. `modprobe_helps`: modprobe nvmet
  // loads it.
  void UnloadNvmet(bool modprobe_helps);
  // A kernel with delayed_removal_secs at every head (from 6.16 on).
  void HaveDelayedRemoval() { delayed_removal_ = true; }
  // Runs `action` when a wait reaches that much later than now.
  void After(absl::Duration delay, std::function<void()> action);

  void AddFile(const std::string& path, std::string content, uint32_t mode = 0644);
  void AddDirectory(const std::string& path);
  void AddSymbolicLink(const std::string& path, const std::string& to);
  void AddDeviceNode(const std::string& path, DeviceNumber number);
  void AddMount(Mount mount);
  // Of the whole filesystem, without options.
  void AddMount(std::string target, DeviceNumber number, std::string fs_type, std::string source);
  // A line of rds-csi-io's answer to `openers`, besides the mounts, which it finds by itself.
  void AddOpener(DeviceNumber number, const std::string& line);
  void RemoveOpeners();

  // Every effect whose journal line starts with `prefix`, and every program or rds-csi-io verb
  // whose command line does, fails with this errno. ETIMEDOUT: the program is killed at its
  // deadline.
  void FailOn(const std::string& prefix, int error);
  // The next time only, and after the effect was made: the caller does not learn of it.
  void FailOnceAfter(const std::string& prefix, int error);
  void StopFailing() { faults_.clear(); }
  // What a program (its name) answers instead of doing its work.
  void SetProgram(const std::string& name, ExecResult result);
  // Called before each effect with its journal line, without any lock held. It may say how this
  // effect fails.
  void SetOnEffect(std::function<void(const std::string&)> on_effect);
  // Likewise with the command line of each program and rds-csi-io verb.
  void SetOnProgram(std::function<void(const std::string&)> on_program);
  // The power fails, and the machine boots: files on its disk stay, all that a kernel knows is
  // gone.
  void Reboot();

  // --- what has become of it ---

  std::vector<std::string> journal() const;
  void ClearJournal();
  std::vector<Mount> mounts_at(const std::string& target) const;
  size_t mount_count() const;
  std::optional<FileInfo> FindFile(const std::string& path);
  std::string ReadFile(const std::string& path);
  // Every path below `folder`, with what is in it.
  std::map<std::string, std::string> FilesBelow(const std::string& folder) const;
  // Device paths connected for `nqn`.
  std::vector<std::string> DevicesOf(const std::string& nqn) const;
  // Names of the controllers of `nqn`, anchors too.
  std::vector<std::string> ControllersOf(const std::string& nqn) const;
  bool HasUnsynced(const std::string& nqn) const;
  // The journal lines of pages that were written under another attachment than their own (STL-8).
  std::vector<std::string> WrongFlushes() const;
  // Names of all device-mapper devices.
  std::vector<std::string> MappedDevices() const;

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
    std::string address;  // "traddr=…,trsvcid=…"
    std::string port;     // folder of the nvmet port of this machine it is connected to; else empty
    std::string head;     // "nvme0n1"; empty: it has no path
    std::string path;     // "nvme0c0n1"
    bool ready = true;    // false: of another size than its head, and not looked at since
  };
  struct Head {
    std::string nqn;
    int nsid;
    std::string uuid;
    std::string nguid;
    std::string host_nqn;     // of the last usable path
    std::string unsynced_of;  // host NQN whose pages wait; empty: none
    int which;                // of all that there ever were
  };
  // What a controller finds behind it.
  struct Backend {
    int64_t size_bytes;
    int nsid;
    std::string uuid, nguid, eui;
    int64_t block_bytes;
    std::string ana_state;
  };

  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override;
  absl::StatusOr<FileInfo> Stat(const std::string& path) override;
  absl::StatusOr<std::string> RealPath(const std::string& path) override;
  absl::Status Write(const std::string& path, std::string_view data) override;
  absl::Status Replace(const std::string& path, std::string_view data, uint32_t mode) override;
  absl::Status CreateExclusively(const std::string& path, uint32_t mode) override;
  absl::Status MakeDirectories(const std::string& path, uint32_t mode) override;
  absl::Status CreateSymbolicLink(const std::string& path, const std::string& to) override;
  absl::Status RemoveFile(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;

  absl::StatusOr<std::vector<Mount>> List() override;
  absl::Status MountFilesystem(const MountRequest& request, absl::Time deadline) override;
  absl::Status Bind(const BindRequest& request, absl::Time deadline) override;
  absl::Status Unmount(const std::string& target, absl::Time deadline) override;

  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input,
                                 absl::Time deadline) override;
  // Those that hang, for as long as their head waits.
  std::vector<int> LeftBehind() override;

  uint64_t Count() override;
  void Wait(uint64_t seen, absl::Time deadline) override;

  // Runs `act` under the lock as one journaled effect, faults applied. The errno, 0 when all is
  // well.
  int Effect(const std::string& line, const std::function<int()>& act);
  absl::Status EffectStatus(const std::string& line, const std::function<int()>& act);
  // Likewise of a program, which is killed at its deadline when the error is ETIMEDOUT.
  absl::Status EffectUntil(const std::string& line, absl::Time deadline,
                           const std::function<int()>& act);
  absl::Status KilledAt(absl::Time deadline, const std::string& line);
  std::optional<int> TakeFault(std::string_view line, bool once_after);

  absl::StatusOr<ExecResult> RunIoVerb(const std::vector<std::string>& argv, std::string_view input,
                                       absl::Time deadline);
  absl::StatusOr<ExecResult> RunProgram(const std::vector<std::string>& argv,
                                        std::string_view input, absl::Time deadline);
  int Format(const std::string& device, const std::string& fs_type, bool force);
  std::string Openers(const std::string& number) const;

  // fake_nvme.cc: controllers
  int Exchange(std::string_view options, std::string& reply);
  int WriteAttribute(const std::string& path, std::string_view value);
  std::string ConnectLocked(Controller controller);
  void RemoveController(const std::string& name);
  void Rescan(const std::string& controller);
  void SetState(Controller& controller, const std::string& state);
  std::optional<Backend> FindBackend(const Controller& controller) const;
  FakeTarget* FindTargetOfDevice(const std::string& device);

  // fake_heads.cc: heads and their paths
  void AddPath(Controller& controller);
  void DropPath(Controller& controller);
  void TakeSize(Controller& controller, int64_t bytes);
  void MakeHead(const std::string& name, const Backend& backend, const Controller& controller);
  void RemoveHead(const std::string& name);
  void LastPathGone(const std::string& name);
  bool IsUsable(const Controller& controller) const;
  bool Waits(const std::string& head) const;  // I/O neither goes through nor fails
  bool Hangs(const std::string& device) const;
  // ABORTED: what `line` tells of hangs on `head` and is left behind.
  absl::Status LeaveBehind(const std::string& line, const std::string& head);
  void PathBecameUsable(const Controller& controller);
  std::string HeadOf(DeviceNumber number) const;
  bool IsTaken(int instance) const;
  int UnmountLocked(const std::string& target, bool& hangs);

  // fake_nvmet.cc: the kernel's target
  bool IsNvmet(std::string_view path) const;
  void LoadNvmet();
  int MakeNvmetDirectory(const std::string& path, uint32_t mode);
  int RemoveNvmetDirectory(const std::string& path);
  int LinkNvmet(const std::string& path, const std::string& to);
  int UnlinkNvmet(const std::string& path);
  int WriteNvmet(const std::string& path, std::string_view value);
  int WriteNvmetNamespace(const std::string& folder, const std::string& attribute,
                          const std::string& value);
  bool HasLinkTo(const std::string& to) const;
  std::string PortAt(std::string_view address, std::string_view service) const;
  int AdmitLocally(const Controller& controller) const;
  std::string NamespaceOf(const std::string& nqn) const;  // its folder; empty: none is enabled
  std::string NvmetValue(const std::string& path) const;
  void NamespaceChanged(const std::string& nqn);

  // fake_device_mapper.cc
  absl::StatusOr<ExecResult> RunDmsetup(const std::vector<std::string>& argv,
                                        std::string_view table, absl::Time deadline);
  int Dmsetup(const std::string& verb, const std::string& name,
              const std::vector<std::string>& argv, std::string_view table);
  int CreateMapped(const std::string& name, const std::string& uuid, int64_t bytes);
  int RemoveMapped(const std::string& name);

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
  std::map<std::string, Head> heads_;             // by name: "nvme0n1"
  std::map<std::string, int64_t> nvmet_sizes_;    // by the folder of a namespace that is enabled
  std::map<std::string, int> mapped_;             // device-mapper devices: name, number of dm-N
  std::map<std::string, int64_t> mapped_tables_;  // loaded and not resumed yet: bytes
  std::vector<std::string> wrong_flushes_;
  bool delayed_removal_ = false;
  bool modprobe_loads_nvmet_ = false;
  std::map<std::string, std::vector<std::string>> openers_;
  std::map<std::string, ExecResult> programs_;
  std::vector<Fault> faults_;
  std::vector<std::pair<absl::Time, std::function<void()>>> actions_;
  std::function<void(const std::string&)> on_effect_;
  std::function<void(const std::string&)> on_program_;
  std::vector<std::string> journal_;
  std::vector<std::pair<int, std::string>> left_behind_;  // process and the head it hangs on
  int next_process_ = 1000;
  int next_instance_ = 0;
  int heads_made_ = 0;
  uint64_t events_ = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_FAKE_HOST_H_
