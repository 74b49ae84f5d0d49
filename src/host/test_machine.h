// SPDX-License-Identifier: Apache-2.0
// Real things for tests of the linux_* files: folders, loop devices, processes, and a mount
// namespace in which mounting disturbs nobody.
#ifndef RDS_CSI_HOST_TEST_MACHINE_H_
#define RDS_CSI_HOST_TEST_MACHINE_H_

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/files.h"
#include "host/linux_fd.h"

namespace rds_csi {

// Removed at the end, with all that is mounted in it.
class TempDirectory {
 public:
  TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory();

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const;
  // A new folder in it.
  std::string Folder(std::string_view name) const;
  // A new file in it.
  std::string File(std::string_view name, std::string_view content = "") const;

 private:
  std::string path_;
};

// A loop device; it ends with this object and with the last mount of it.
class LoopDevice {
 public:
  // Over a file of zeros.
  explicit LoopDevice(int64_t size);
  // Over a file or a device.
  explicit LoopDevice(const std::string& backing);

  const std::string& path() const { return path_; }
  std::string name() const { return path_.substr(path_.rfind('/') + 1); }
  DeviceNumber number() const;
  // Writes to what lies below, whatever holds the device.
  void Write(int64_t offset, std::string_view bytes) const;
  // Where what lies below holds `bytes`; -1: nowhere.
  int64_t Find(std::string_view bytes) const;
  // Cuts what lies below, so that reads beyond fail.
  void Truncate(int64_t size) const;

 private:
  void Attach();

  Fd backing_;
  Fd device_;
  std::string path_;
};

// A process of "sh -c SCRIPT", ready once it has written a line. Killed at the end, with
// what it started.
class Process {
 public:
  explicit Process(const std::string& script);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

// Whether it has ended, or does within five seconds. A zombie has ended: it is for its parent to
// take away.
bool EndsSoon(pid_t process);

// Runs "sh -c SCRIPT" to its end; the test fails when that does.
void Shell(const std::string& script);

// A system call (SYS_…) that is to fail with `error`: always, or when its third argument has one of
// the bits `flags`.
struct FailingCall {
  uint32_t number = 0;
  uint32_t flags = 0;
  int error = 0;
};

// What `act` returns (0 to 98), run in a process of its own for which `call` fails.
int WithFailing(const FailingCall& call, const std::function<int()>& act);

// A test that mounts: the test program gets a mount namespace of its own. Skipped without the
// right to.
class MachineTest : public testing::Test {
 protected:
  void SetUp() override;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_TEST_MACHINE_H_
