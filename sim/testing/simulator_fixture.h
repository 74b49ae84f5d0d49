// SPDX-License-Identifier: Apache-2.0
// A whole simulator in the test's process, with real clients: libcurl for REST, libssh for SSH.
#ifndef RDS_CSI_SIM_TESTING_SIMULATOR_FIXTURE_H_
#define RDS_CSI_SIM_TESTING_SIMULATOR_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/options.h"
#include "sim/simulator.h"
#include "sim/testing/temp_dir.h"

namespace rds_csi::sim {

struct RestAnswer {
  bool reached = false;  // false: no HTTP answer came
  long status = 0;
  std::string body;
};

struct SshAnswer {
  bool reached = false;  // false: no login, no channel, or the connection broke
  int exit_status = -1;
  std::string text;
};

class SimulatorFixture : public testing::Test {
 protected:
  SimulatorFixture();

  // Starts, or starts again, with `flags_`.
  void Start();

  RestAnswer Rest(const std::string& method, const std::string& path, const std::string& body = "");
  RestAnswer RestAs(const std::string& user, const std::string& password,
                    const std::string& path = "/rest/disk");
  SshAnswer Ssh(const std::string& line);
  SshAnswer SshWithPassword(const std::string& password, const std::string& line);

  // One order to the control socket; the answer's text.
  std::string Control(const std::string& json);

  // Adds an unexported file disk of 1 GiB over REST and expects that it works.
  void AddDisk(const std::string& slot);

  TempDir dir_;
  Flags flags_;
  std::unique_ptr<Simulator> sim_;
};

// An SSH session of the test's own, for tests that need more than one command in it.
class SshClient {
 public:
  explicit SshClient(uint16_t port);
  ~SshClient();
  SshClient(const SshClient&) = delete;
  SshClient& operator=(const SshClient&) = delete;

  // True when the server's key is that line of authorized_keys.
  bool HostKeyIs(const std::string& line) const;
  bool LoginWithKey(const std::string& user, const std::string& private_key_file);
  bool LoginWithPassword(const std::string& user, const std::string& password);
  // Null when the server refuses.
  ssh_channel OpenChannel();
  SshAnswer Run(const std::string& line);

 private:
  ssh_session session_;
  bool connected_ = false;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_TESTING_SIMULATOR_FIXTURE_H_
