// SPDX-License-Identifier: Apache-2.0
// What the kernel shows of NVMe in sysfs, read in two ways that must agree: one volume at a time,
// and all at once. A line is an attribute: "block/nvme0n1/size=2097152".
#include "fuzz/fuzz.h"
#include "host/fake_host.h"
#include "nvme/link.h"
#include "nvme/subsystem.h"

using namespace rds_csi;

namespace {

constexpr char kPrefix[] = "nqn.2000-02.com.mikrotik:";

void AddAttribute(FakeHost& machine, std::string_view line) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return;
  const std::string path = "/sys/" + std::string(line.substr(0, equals));
  if (path.ends_with('/') || path.find("//") != std::string::npos) return;
  machine.AddDirectory(path.substr(0, path.rfind('/')));
  machine.AddFile(path, std::string(line.substr(equals + 1)) + "\n");
}

void CheckVolume(Files& files, const std::string& nqn, const NvmeSubsystem& seen) {
  const auto controllers = FindControllers(files, nqn);
  Require(!controllers.ok() || controllers->size() == seen.controllers.size(),
          "as many connections, looked at one volume or at all");
  const auto device = FindNamespace(files, nqn);
  if (!device.ok()) return;
  Require(device->has_value() == seen.head.has_value(), "a device, looked at one volume or at all");
  if (!*device) return;
  Require((*device)->device == seen.head->device, "the same device");
  Require((*device)->size_bytes >= 0, "no size below nothing");
  const auto paths = FindPaths(files, **device);
  Require(!paths.ok() || paths->size() == seen.paths.size(), "as many paths");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FakeHost machine;
  for (const std::string_view line : Lines(Text(data, size))) AddAttribute(machine, line);
  Files& files = machine.host().files;
  const auto all = FindSubsystems(files, kPrefix);
  if (!all.ok()) return 0;
  for (const auto& [nqn, subsystem] : *all) {
    Require(nqn.starts_with(kPrefix), "only what was asked for");
    CheckVolume(files, nqn, subsystem);
    (void)FindLink(files, nqn);
  }
  return 0;
}
