// SPDX-License-Identifier: Apache-2.0
// One SSH session: its login, and its exec channels, each of which runs its line in a thread of its
// own. libssh sessions belong to one thread, so finished commands wake that thread by an eventfd.
#ifndef RDS_CSI_SIM_SSH_SSH_SESSION_H_
#define RDS_CSI_SIM_SSH_SSH_SESSION_H_

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <atomic>
#include <list>
#include <string>
#include <thread>

#include "sim/base/unique_fd.h"
#include "sim/console/console.h"
#include "sim/control/service.h"

namespace rds_csi::sim {

class SshSession {
 public:
  SshSession(Service& service, ssh_session session, ssh_key user_key);
  ~SshSession();  // waits for commands that still run

  // Returns when the client has gone, or when an injected fault closes the connection.
  void Run();

 private:
  struct Channel {
    ssh_channel channel = nullptr;
    ssh_channel_callbacks_struct callbacks{};
    SshSession* session = nullptr;
    bool answered = false;
    std::thread command;
    ConsoleOutput output;  // belongs to `command` until `done`
    std::atomic<bool> done{false};
  };

  static int OnPassword(ssh_session, const char* user, const char* password, void* self);
  static int OnPublicKey(ssh_session, const char* user, ssh_key key, char state, void* self);
  static ssh_channel OnOpen(ssh_session session, void* self);
  static int OnExec(ssh_session, ssh_channel, const char* line, void* channel);
  static int OnWake(socket_t fd, int events, void* self);

  bool PasswordsAreTaken() const;
  void Execute(Channel& channel, const std::string& line);
  // False when the session has to end.
  bool AnswerFinished();
  bool Answer(Channel& channel);

  Service& service_;
  ssh_session session_;
  ssh_key user_key_;
  ssh_server_callbacks_struct callbacks_{};
  UniqueFd wake_;
  std::list<Channel> channels_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_SSH_SSH_SESSION_H_
