// SPDX-License-Identifier: Apache-2.0
// The healthy world of the anchor's tests: one volume, connected.
#ifndef RDS_CSI_NVME_ANCHOR_FIXTURE_H_
#define RDS_CSI_NVME_ANCHOR_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "base/status.h"
#include "host/fake_host.h"
#include "nvme/anchor.h"

namespace rds_csi {

inline constexpr char kNqn[] = "nqn.2000-02.com.mikrotik:pvc-1";
inline constexpr char kOtherNqn[] = "nqn.2000-02.com.mikrotik:pvc-2";
inline constexpr char kPort[] = "/sys/kernel/config/nvmet/ports/4499";
inline constexpr char kSubsystem[] =
    "/sys/kernel/config/nvmet/subsystems/nqn.2000-02.com.mikrotik:pvc-1";
inline constexpr int64_t kSize = int64_t{1} << 30;

struct AnchorWorld {
  AnchorWorld() {
    machine_.Export(kNqn, kSize);
    machine_.Export(kOtherNqn, kSize);
    machine_.ConnectAs(kNqn, identity_.nqn);
    machine_.ClearJournal();
  }

  Files& files() { return machine_.host().files; }
  absl::Time Soon() { return machine_.clock().Now() + absl::Seconds(30); }
  NvmeNamespace Device(const std::string& nqn = kNqn) { return **FindNamespace(files(), nqn); }
  absl::Status Make(const std::string& nqn = kNqn) {
    return MakeAnchor(machine_.host(), nqn, identity_, Device(nqn), Soon());
  }
  absl::Status Remove(const std::string& nqn = kNqn) {
    return RemoveAnchor(machine_.host(), nqn, Soon());
  }
  absl::Status Grow(int64_t size) { return GrowAnchor(machine_.host(), kNqn, size, Soon()); }

  std::vector<NvmePath> Paths() { return *FindPaths(files(), Device()); }
  bool HasAnchorPath() {
    const std::vector<NvmePath> paths = Paths();
    return std::any_of(paths.begin(), paths.end(),
                       [](const NvmePath& path) { return path.ana_state == "inaccessible"; });
  }
  // Whether a probe of the device hangs.
  bool HasIoWaiting() {
    return !machine_.host().exec.Run({"rds-csi-io", "probe", Device().device}, "", Soon()).ok();
  }
  std::vector<std::string> NvmetFolder(const std::string& name) {
    return *files().List("/sys/kernel/config/nvmet/" + name);
  }
  // What an anchor leaves nothing of: device, subsystem, host, port, controller.
  void ExpectNoTraceOfAnchors() {
    EXPECT_THAT(machine_.MappedDevices(), testing::IsEmpty());
    for (const char* folder : {"subsystems", "hosts", "ports"}) {
      EXPECT_THAT(NvmetFolder(folder), testing::IsEmpty()) << folder;
    }
    EXPECT_THAT(OnlyAnchors(*FindControllers(files(), kNqn)), testing::IsEmpty());
    EXPECT_THAT(*FindAnchors(files()), testing::IsEmpty());
  }

  HostIdentity identity_ = {"nqn.2014-08.org.nvmexpress:uuid:0b8ebd5c-61e3-5bd7-9f5b-0fd9c0ea0fb6",
                            "0b8ebd5c-61e3-5bd7-9f5b-0fd9c0ea0fb6"};
  HostIdentity later_ = {"nqn.2014-08.org.nvmexpress:uuid:9fdd2a5a-1f0c-5d3c-8f0e-3a4e35b2ae09",
                         "9fdd2a5a-1f0c-5d3c-8f0e-3a4e35b2ae09"};
  FakeHost machine_;
};

class AnchorTest : public testing::Test, protected AnchorWorld {};

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_ANCHOR_FIXTURE_H_
