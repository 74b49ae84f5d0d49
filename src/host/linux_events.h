// SPDX-License-Identifier: Apache-2.0
// Uevents straight from the kernel (NETLINK_KOBJECT_UEVENT, group 1): no udev needed, and they come
// into every network namespace.
#ifndef RDS_CSI_HOST_LINUX_EVENTS_H_
#define RDS_CSI_HOST_LINUX_EVENTS_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "host/events.h"
#include "host/linux_fd.h"

namespace rds_csi {

// Whether a uevent ("add@/devices/…", then KEY=VALUE, each ended by a NUL) is one of SUBSYSTEM
// block, nvme or nvme-subsystem.
bool IsStorageEvent(std::string_view message);

class LinuxEvents final : public Events {
 public:
  // FAILED_PRECONDITION or the like when the socket cannot be had.
  static absl::StatusOr<std::unique_ptr<LinuxEvents>> Open(Clock& clock);
  ~LinuxEvents() override;

  uint64_t Count() override;
  void Wait(uint64_t seen, absl::Time deadline) override;

 private:
  LinuxEvents(Clock& clock, Fd socket, Fd stop);
  void Listen();
  void Receive();

  Clock& clock_;
  const Fd socket_;
  const Fd stop_;  // an eventfd
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t count_ = 0;  // guarded by mutex_
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_EVENTS_H_
