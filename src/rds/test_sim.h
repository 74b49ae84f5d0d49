// SPDX-License-Identifier: Apache-2.0
// rds-sim as a child process, for tests: its own state folder, free ports, ended with the object.
#ifndef RDS_CSI_RDS_TEST_SIM_H_
#define RDS_CSI_RDS_TEST_SIM_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "rds/endpoint.h"

namespace rds_csi {

class SimProcess {
 public:
  // Started with one Btrfs pool "storage-pool" of 16 GiB that has a directory csi, no kernel
  // exports, an Ed25519 host key (quick to make) unless `more` flags say else, and both doors on
  // `host`. Fails the test if it does not get ready.
  explicit SimProcess(const std::vector<std::string>& more = {},
                      const std::string& host = "127.0.0.1");
  ~SimProcess();
  SimProcess(const SimProcess&) = delete;
  SimProcess& operator=(const SimProcess&) = delete;

  Endpoint At(Endpoint::Door door, const std::string& host = "127.0.0.1") const;

  const std::string& directory() const { return directory_; }
  // The files for the driver, which a test may change.
  std::string credentials() const { return directory_ + "/credentials"; }
  void WriteCredential(const std::string& file, const std::string& text) const;

  // One line to the control socket; the answer. Fails the test when it is not {"ok":true,…}.
  std::string Tell(const std::string& json) const;
  // Counters of the control socket: "round_trips", or of commands such as "/disk/add".
  int64_t Count(const std::string& counter) const;

  // Stopped in its tracks (connections stay up, nothing is answered) while this lives.
  class Frozen {
   public:
    explicit Frozen(const SimProcess& sim);
    ~Frozen();
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;

   private:
    pid_t pid_;
  };

  void Stop();
  // Starts it again on the same ports with the same state.
  void Start();
  // Other flags from the next start on.
  void SetFlags(const std::vector<std::string>& more) { more_ = more; }

 private:
  std::vector<std::string> Arguments() const;

  std::string directory_;
  std::string host_;
  std::vector<std::string> more_;
  uint16_t rest_port_ = 0;
  uint16_t ssh_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_TEST_SIM_H_
