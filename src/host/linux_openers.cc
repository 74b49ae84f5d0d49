// SPDX-License-Identifier: Apache-2.0
#include "host/linux_openers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "host/linux_disk.h"
#include "host/linux_read.h"
#include "host/mountinfo_line.h"

namespace rds_csi {
namespace {

constexpr size_t kMountInfoLimit = 256 << 20;
constexpr size_t kCommandLimit = 4096;

bool HasEnded(int error) { return error == ENOENT || error == ESRCH; }

// A line of ours stays one line, whatever a process calls itself or its folders.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text;
}

std::string CommandOf(const std::string& process) {
  const Outcome command = ReadWhole(process + "/comm", kCommandLimit);
  return command.ok() ? OneLine(std::string(Trim(command.text))) : "?";
}

// "mnt:[4026531841]"; none when the process has ended, as a zombie too.
std::optional<std::string> MountNamespaceOf(const std::string& process) {
  std::array<char, 64> name = {};
  const ssize_t size = readlink((process + "/ns/mnt").c_str(), name.data(), name.size());
  if (size < 0) return std::nullopt;
  return std::string(name.data(), static_cast<size_t>(size));
}

bool HoldsNodes(const Mount& mount) {
  return mount.fs_type == "devtmpfs" || mount.fs_type == "tmpfs" || mount.fs_type == "ramfs";
}

// Only nodes on the filesystems that device nodes live on are looked at: a look at a path on
// another one may block.
bool ShowsNodeOf(const Disk& disk, const Mount& mount, const std::string& process) {
  if (mount.root == "/" || !HoldsNodes(mount)) return false;
  if (mount.fs_type == "devtmpfs" && disk.names.contains(mount.root.substr(1))) return true;
  return IsNodeOf(disk, fmt::format("{}/root{}", process, mount.target));
}

class Search {
 public:
  Search(const OpenersRoots& roots, const Disk& disk) : roots_(roots), disk_(disk) {}

  Outcome Run() {
    if (Outcome outcome = LookAtProcesses(); !outcome.ok()) return outcome;
    for (const std::string& target : targets_) lines_.push_back("mount " + OneLine(target));
    if (Outcome outcome = FindHolders(roots_.sys, disk_, lines_); !outcome.ok()) return outcome;
    if (Outcome outcome = FindLoops(roots_.sys, roots_.dev, disk_, lines_); !outcome.ok()) {
      return outcome;
    }
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return Done(std::move(text));
  }

 private:
  Outcome LookAtProcesses() {
    std::vector<std::string> pids;
    if (const int error = ListDirectory(roots_.proc, pids); error != 0) {
      return Failed(error, fmt::format("list {}", roots_.proc));
    }
    const std::string own = fmt::format("{}", getpid());
    for (const std::string& pid : pids) {
      if (!ParseInt64(pid)) continue;
      bool open = false;
      const std::string process = fmt::format("{}/{}", roots_.proc, pid);
      if (Outcome outcome = LookAtProcess(process, pid, open); !outcome.ok()) return outcome;
      if (open && pid != own) {
        lines_.push_back(fmt::format("process {} {}", pid, CommandOf(process)));
      }
    }
    return Done();
  }

  Outcome LookAtProcess(const std::string& process, const std::string& pid, bool& open) {
    if (Outcome outcome = LookAtMounts(process); !outcome.ok()) return outcome;
    bool empty = false;
    if (Outcome outcome = LookAtFiles(process, open, empty); !outcome.ok() || !empty) {
      return outcome;
    }
    // A process whose first thread has ended shows its files only at its other threads.
    std::vector<std::string> threads;
    const int error = ListDirectory(process + "/task", threads);
    if (error != 0 && !HasEnded(error)) return Failed(error, fmt::format("list {}/task", process));
    for (const std::string& thread : threads) {
      if (thread == pid) continue;
      const std::string folder = fmt::format("{}/task/{}", process, thread);
      if (Outcome outcome = LookAtMounts(folder); !outcome.ok()) return outcome;
      if (Outcome outcome = LookAtFiles(folder, open, empty); !outcome.ok()) return outcome;
    }
    return Done();
  }

  Outcome LookAtFiles(const std::string& process, bool& open, bool& empty) {
    const std::string folder = process + "/fd";
    std::vector<std::string> files;
    const int error = ListDirectory(folder, files);
    if (error != 0 && !HasEnded(error)) return Failed(error, fmt::format("list {}", folder));
    // A file that cannot be looked at lies on a filesystem that is dead or private; a device node's
    // filesystem answers. That we may look at all is what the listing has shown.
    open = open || std::any_of(files.begin(), files.end(), [&](const std::string& file) {
             return IsNodeOf(disk_, fmt::format("{}/{}", folder, file));
           });
    empty = files.empty();
    return Done();
  }

  Outcome LookAtMounts(const std::string& process) {
    const std::optional<std::string> mount_namespace = MountNamespaceOf(process);
    if (!mount_namespace || namespaces_.contains(*mount_namespace)) return Done();
    Outcome table = ReadWhole(process + "/mountinfo", kMountInfoLimit);
    // EINVAL: it became a zombie. Another process of the namespace, if any, will show it.
    if (HasEnded(table.error) || table.error == EINVAL) return Done();
    if (!table.ok()) return table;
    namespaces_.insert(*mount_namespace);
    for (const std::string_view text : Lines(table.text)) {
      const std::optional<MountLine> line = FindMountLine(text);
      if (!line) {
        return Failed(EBADMSG, fmt::format("read {}/mountinfo: {}", process, Quoted(text)));
      }
      const Mount& mount = line->mount;
      if (disk_.numbers.contains(mount.number) || ShowsNodeOf(disk_, mount, process)) {
        targets_.insert(mount.target);
      }
    }
    return Done();
  }

  const OpenersRoots& roots_;
  const Disk& disk_;
  std::set<std::string> namespaces_;
  std::set<std::string> targets_;
  std::vector<std::string> lines_;
};

}  // namespace

Outcome FindOpeners(DeviceNumber device, const OpenersRoots& roots) {
  Disk disk;
  if (Outcome outcome = FindDisk(roots.sys, device, disk); !outcome.ok()) return outcome;
  return Search(roots, disk).Run();
}

}  // namespace rds_csi
