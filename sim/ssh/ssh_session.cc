// SPDX-License-Identifier: Apache-2.0
#include "sim/ssh/ssh_session.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <memory>

#include "sim/base/status_macros.h"

namespace rds_csi::sim {

SshSession::SshSession(Service& service, ssh_session session, ssh_key user_key)
    : service_(service),
      session_(session),
      user_key_(user_key),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  ssh_callbacks_init(&callbacks_);
  callbacks_.userdata = this;
  callbacks_.auth_password_function = OnPassword;
  callbacks_.auth_pubkey_function = OnPublicKey;
  callbacks_.channel_open_request_session_function = OnOpen;
}

SshSession::~SshSession() {
  for (Channel& channel : channels_) {
    if (channel.command.joinable()) channel.command.join();
  }
}

void SshSession::Run() {
  ssh_set_server_callbacks(session_, &callbacks_);
  const int methods =
      SSH_AUTH_METHOD_PUBLICKEY | (PasswordsAreTaken() ? SSH_AUTH_METHOD_PASSWORD : 0);
  ssh_set_auth_methods(session_, methods);
  if (ssh_handle_key_exchange(session_) != SSH_OK) return;
  const std::unique_ptr<ssh_event_struct, decltype(&ssh_event_free)> event(ssh_event_new(),
                                                                           ssh_event_free);
  ssh_event_add_session(event.get(), session_);
  ssh_event_add_fd(event.get(), wake_.get(), POLLIN, OnWake, this);
  while (ssh_event_dopoll(event.get(), -1) != SSH_ERROR) {
    if (!AnswerFinished()) break;
    if ((ssh_get_status(session_) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0) break;
  }
  ssh_event_remove_fd(event.get(), wake_.get());
  ssh_event_remove_session(event.get(), session_);
}

bool SshSession::PasswordsAreTaken() const {
  // The user always has a key imported, so "yes-if-no-key" is a no.
  return service_.switches().Is("ssh-password", "yes");
}

int SshSession::OnPassword(ssh_session, const char* user, const char* password, void* self) {
  const auto* session = static_cast<SshSession*>(self);
  if (!session->PasswordsAreTaken()) {
    session->service_.counters().Login(Door::kSsh, false);
    return SSH_AUTH_DENIED;
  }
  const bool accepted = session->service_.PasswordLogin(Door::kSsh, user, password);
  return accepted ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

int SshSession::OnPublicKey(ssh_session, const char* user, ssh_key key, char state, void* self) {
  const auto* session = static_cast<SshSession*>(self);
  const bool known = session->service_.user().name == user &&
                     ssh_key_cmp(key, session->user_key_, SSH_KEY_CMP_PUBLIC) == 0;
  if (known && state == SSH_PUBLICKEY_STATE_NONE) return SSH_AUTH_SUCCESS;  // only asked
  const bool accepted = known && state == SSH_PUBLICKEY_STATE_VALID;
  session->service_.counters().Login(Door::kSsh, accepted);
  return accepted ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

ssh_channel SshSession::OnOpen(ssh_session session, void* self) {
  auto* owner = static_cast<SshSession*>(self);
  const auto open = std::count_if(owner->channels_.begin(), owner->channels_.end(),
                                  [](const Channel& channel) { return !channel.answered; });
  if (static_cast<uint64_t>(open) >= owner->service_.switches().Number("ssh-channels")) {
    return nullptr;
  }
  Channel& channel = owner->channels_.emplace_back();
  channel.session = owner;
  channel.channel = ssh_channel_new(session);
  ssh_callbacks_init(&channel.callbacks);
  channel.callbacks.userdata = &channel;
  channel.callbacks.channel_exec_request_function = OnExec;
  ssh_set_channel_callbacks(channel.channel, &channel.callbacks);
  return channel.channel;
}

int SshSession::OnExec(ssh_session, ssh_channel, const char* line, void* userdata) {
  auto* channel = static_cast<Channel*>(userdata);
  if (channel->command.joinable() || channel->answered) return SSH_ERROR;
  SshSession* self = channel->session;
  channel->command =
      std::thread([self, channel, text = std::string(line)] { self->Execute(*channel, text); });
  return SSH_OK;
}

void SshSession::Execute(Channel& channel, const std::string& line) {
  service_.RoundTrip(Door::kSsh);
  channel.output = RunLine(service_.router().schema(), line, [this](const Command& command) {
    return service_.Execute(Door::kSsh, command);
  });
  channel.done = true;
  eventfd_write(wake_.get(), 1);
}

int SshSession::OnWake(socket_t fd, int, void*) {
  eventfd_t ignored;
  eventfd_read(fd, &ignored);
  return 0;
}

bool SshSession::AnswerFinished() {
  for (Channel& channel : channels_) {
    if (channel.done && !channel.answered && !Answer(channel)) return false;
  }
  channels_.remove_if([](Channel& channel) {
    const bool over = channel.answered ||
                      (!channel.command.joinable() && ssh_channel_is_closed(channel.channel) != 0);
    if (over) ssh_channel_free(channel.channel);
    return over;
  });
  return true;
}

bool SshSession::Answer(Channel& channel) {
  channel.command.join();
  channel.answered = true;
  const ConsoleOutput& output = channel.output;
  if (absl::IsCancelled(output.status)) return false;
  const std::string text =
      absl::IsDataLoss(output.status) ? std::string(Message(output.status)) : output.text;
  ssh_channel_write(channel.channel, text.data(), static_cast<uint32_t>(text.size()));
  const bool tells = !output.status.ok() && service_.switches().Is("ssh-exit-status", "1");
  ssh_channel_request_send_exit_status(channel.channel, tells ? 1 : 0);
  ssh_channel_send_eof(channel.channel);
  ssh_channel_close(channel.channel);
  return true;
}

}  // namespace rds_csi::sim
