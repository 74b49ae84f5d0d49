// SPDX-License-Identifier: Apache-2.0
//
// bare-stage: what NodeStageVolume and NodePublishVolume of a fresh ext4 volume come to when
// nothing is looked at, recorded or cared for: the kernel's own share, which is measured against
// the driver's. Connect, wait for the device, mkfs, mount, bind.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "fs/format.h"
#include "host/linux_host.h"
#include "nvme/fabrics.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

using std::chrono::steady_clock;

constexpr absl::Duration kPatience = absl::Seconds(60);

void Check(bool good, const std::string& act) {
  if (!good) throw std::system_error(errno, std::generic_category(), act);
}

// Names what was done since the last one, in milliseconds.
class Stopwatch {
 public:
  void Lap(const char* what) {
    const auto now = steady_clock::now();
    laps_[what] = std::chrono::duration<double, std::milli>(now - last_).count();
    laps_["total"] = std::chrono::duration<double, std::milli>(now - start_).count();
    last_ = now;
  }
  const nlohmann::ordered_json& laps() const { return laps_; }

 private:
  const steady_clock::time_point start_ = steady_clock::now();
  steady_clock::time_point last_ = start_;
  nlohmann::ordered_json laps_;
};

void AskKernelToConnect(const FabricsTarget& target) {
  const absl::StatusOr<std::string> options = FabricsOptions(target);
  if (!options.ok()) throw std::runtime_error(options.status().ToString());
  const int fabrics = open("/dev/nvme-fabrics", O_RDWR | O_CLOEXEC);
  Check(fabrics >= 0 && write(fabrics, options->data(), options->size()) > 0, "connect");
  close(fabrics);
}

std::string WaitForDevice(const Host& host, const std::string& nqn) {
  const absl::Time end = host.clock.Now() + kPatience;
  while (host.clock.Now() < end) {
    const uint64_t seen = host.events.Count();
    const auto device = FindNamespace(host.files, nqn);
    if (device.ok() && *device && (*device)->size_bytes > 0) return (*device)->device;
    host.events.Wait(seen, end);
  }
  throw std::runtime_error("no device of " + nqn);
}

void Format(const std::string& device) {
  std::vector<std::string> command = FormatCommand(FsType::kExt4, device, FormatOver::kBlank);
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t pid = 0;
  Check(posix_spawnp(&pid, words[0], nullptr, nullptr, words.data(), environ) == 0, "start mkfs");
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("mkfs failed");
}

void Stage(const Host& host, const FabricsTarget& target, const std::string& folder,
           Stopwatch& watch) {
  AskKernelToConnect(target);
  watch.Lap("connect");
  const std::string device = WaitForDevice(host, target.nqn);
  watch.Lap("device");
  Format(device);
  watch.Lap("mkfs");
  const std::string staging = folder + "/staging", published = folder + "/published";
  std::filesystem::create_directories(staging);
  Check(mount(device.c_str(), staging.c_str(), "ext4", 0, nullptr) == 0, "mount");
  watch.Lap("mount");
  std::filesystem::create_directories(published);
  Check(mount(staging.c_str(), published.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind");
  watch.Lap("bind");
}

int Main(int argc, char** argv) {
  CLI::App app("Connects, formats and mounts a volume, and prints as JSON what took how long.",
               "bare-stage");
  FabricsTarget target;
  std::string folder;
  app.add_option("HOST", target.address.host, "numeric")->required();
  app.add_option("PORT", target.address.port)->required();
  app.add_option("NQN", target.nqn)->required();
  app.add_option("HOSTNQN", target.host.nqn)->required();
  app.add_option("HOSTID", target.host.id)->required();
  app.add_option("FOLDER", folder, "staging and published are made below it")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::unique_ptr<LinuxHost>> machine = LinuxHost::Open({});
  if (!machine.ok()) throw std::runtime_error(machine.status().ToString());
  Stopwatch watch;
  Stage((*machine)->host(), target, folder, watch);
  std::cout << watch.laps().dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  try {
    return rds_csi::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "bare-stage: " << error.what() << "\n";
    return 1;
  }
}
