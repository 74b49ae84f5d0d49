// SPDX-License-Identifier: Apache-2.0
#include "sim/testing/simulator_fixture.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"

namespace rds_csi::sim {
namespace {

size_t Append(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

struct RestRequest {
  std::string method;
  std::string url;
  std::string ca;
  std::string login;
  std::string body;
};

RestAnswer Send(const RestRequest& request) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  RestAnswer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CAINFO, request.ca.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_USERPWD, request.login.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 20000L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  if (!request.body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  answer.reached = curl_easy_perform(curl.get()) == CURLE_OK;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

SshAnswer ReadChannel(ssh_channel channel) {
  SshAnswer answer;
  std::array<char, 65536> buffer;
  int got = 0;
  while ((got = ssh_channel_read(channel, buffer.data(), buffer.size(), 0)) > 0) {
    answer.text.append(buffer.data(), static_cast<size_t>(got));
  }
  answer.exit_status = ssh_channel_get_exit_status(channel);
  answer.reached = got == 0 && answer.exit_status >= 0;
  return answer;
}

}  // namespace

SimulatorFixture::SimulatorFixture() {
  flags_.state_dir = dir_.path() + "/state";
  flags_.credentials_dir = dir_.path() + "/credentials";
  flags_.control = dir_.path() + "/control";
  flags_.rest = "127.0.0.1:0";
  flags_.ssh = "127.0.0.1:0";
  flags_.ssh_host_key = "ed25519";  // an RSA key takes long to make
  flags_.pools = {"storage-pool=16G:btrfs"};
  flags_.directories = {"/storage-pool/v"};
  Start();
}

void SimulatorFixture::Start() {
  sim_.reset();
  const auto options = CheckFlags(flags_);
  ASSERT_TRUE(options.ok()) << options.status();
  auto started = Simulator::Start(*options);
  ASSERT_TRUE(started.ok()) << started.status();
  sim_ = *std::move(started);
}

RestAnswer SimulatorFixture::Rest(const std::string& method, const std::string& path,
                                  const std::string& body) {
  return Send({.method = method,
               .url = fmt::format("https://127.0.0.1:{}{}", sim_->rest_port(), path),
               .ca = flags_.credentials_dir + "/ca.crt",
               .login = sim_->credentials().username + ":" + sim_->credentials().password,
               .body = body});
}

RestAnswer SimulatorFixture::RestAs(const std::string& user, const std::string& password,
                                    const std::string& path) {
  return Send({.method = "GET",
               .url = fmt::format("https://127.0.0.1:{}{}", sim_->rest_port(), path),
               .ca = flags_.credentials_dir + "/ca.crt",
               .login = user + ":" + password,
               .body = ""});
}

SshAnswer SimulatorFixture::Ssh(const std::string& line) {
  SshClient client(sim_->ssh_port());
  if (!client.HostKeyIs(sim_->credentials().host_key_line)) return {};
  if (!client.LoginWithKey("csi", flags_.credentials_dir + "/private-key")) return {};
  return client.Run(line);
}

SshAnswer SimulatorFixture::SshWithPassword(const std::string& password, const std::string& line) {
  SshClient client(sim_->ssh_port());
  if (!client.LoginWithPassword("csi", password)) return {};
  return client.Run(line);
}

std::string SimulatorFixture::Control(const std::string& json) {
  const auto answer = Tell(flags_.control, json);
  return answer.ok() ? *answer : std::string(Message(answer.status()));
}

void SimulatorFixture::AddDisk(const std::string& slot) {
  const RestAnswer answer = Rest(
      "PUT", "/rest/disk",
      fmt::format(
          R"({{"type":"file","slot":"{0}","file-path":"/storage-pool/v/{0}.img","file-size":"1073741824"}})",
          slot));
  ASSERT_EQ(answer.status, 201) << answer.body;
}

SshClient::SshClient(uint16_t port) : session_(ssh_new()) {
  const bool no_config = false;
  const unsigned number = port;
  const int nodelay = 1;
  const long seconds = 20;
  ssh_options_set(session_, SSH_OPTIONS_HOST, "127.0.0.1");
  ssh_options_set(session_, SSH_OPTIONS_PORT, &number);
  ssh_options_set(session_, SSH_OPTIONS_PROCESS_CONFIG, &no_config);
  ssh_options_set(session_, SSH_OPTIONS_NODELAY, &nodelay);
  ssh_options_set(session_, SSH_OPTIONS_TIMEOUT, &seconds);
  connected_ = ssh_connect(session_) == SSH_OK;
}

SshClient::~SshClient() {
  ssh_disconnect(session_);
  ssh_free(session_);
}

bool SshClient::HostKeyIs(const std::string& line) const {
  ssh_key server = nullptr;
  ssh_key pinned = nullptr;
  const auto words = SplitList(line, ' ');
  if (!connected_ || words.size() < 2) return false;
  if (ssh_get_server_publickey(session_, &server) != SSH_OK) return false;
  ssh_pki_import_pubkey_base64(words[1].c_str(), ssh_key_type_from_name(words[0].c_str()), &pinned);
  const bool same = pinned != nullptr && ssh_key_cmp(server, pinned, SSH_KEY_CMP_PUBLIC) == 0;
  ssh_key_free(server);
  ssh_key_free(pinned);
  return same;
}

bool SshClient::LoginWithKey(const std::string& user, const std::string& private_key_file) {
  ssh_key key = nullptr;
  if (!connected_ || ssh_pki_import_privkey_file(private_key_file.c_str(), nullptr, nullptr,
                                                 nullptr, &key) != SSH_OK) {
    return false;
  }
  const int result = ssh_userauth_publickey(session_, user.c_str(), key);
  ssh_key_free(key);
  return result == SSH_AUTH_SUCCESS;
}

bool SshClient::LoginWithPassword(const std::string& user, const std::string& password) {
  return connected_ &&
         ssh_userauth_password(session_, user.c_str(), password.c_str()) == SSH_AUTH_SUCCESS;
}

ssh_channel SshClient::OpenChannel() {
  ssh_channel channel = ssh_channel_new(session_);
  if (ssh_channel_open_session(channel) == SSH_OK) return channel;
  ssh_channel_free(channel);
  return nullptr;
}

SshAnswer SshClient::Run(const std::string& line) {
  ssh_channel channel = OpenChannel();
  if (channel == nullptr) return {};
  SshAnswer answer;
  if (ssh_channel_request_exec(channel, line.c_str()) == SSH_OK) answer = ReadChannel(channel);
  ssh_channel_close(channel);
  ssh_channel_free(channel);
  return answer;
}

}  // namespace rds_csi::sim
