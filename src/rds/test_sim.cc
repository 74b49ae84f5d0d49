// SPDX-License-Identifier: Apache-2.0
#include "rds/test_sim.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace rds_csi {
namespace {

std::string NewDirectory() {
  std::string name = "/tmp/rds-sim-test-XXXXXX";
  return mkdtemp(name.data());
}

// Up to the first line break, or what came before the end.
std::string ReadLine(int fd) {
  std::string line;
  char next = '\0';
  while (read(fd, &next, 1) == 1 && next != '\n') line += next;
  return line;
}

uint16_t PortIn(const std::string& line, const std::string& door) {
  const size_t at = line.find(" " + door + "=");
  if (at == std::string::npos) return 0;
  const size_t colon_or_start = at + door.size() + 2;
  return static_cast<uint16_t>(std::strtoul(line.c_str() + colon_or_start, nullptr, 10));
}

// Its standard output comes through the pipe whose reading end is answered in `out`.
pid_t Spawn(std::vector<std::string> arguments, int& out) {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  EXPECT_EQ(posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ), 0) << argv[0];
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  out = ends[0];
  return pid;
}

}  // namespace

SimProcess::SimProcess(const std::vector<std::string>& more, const std::string& host)
    : directory_(NewDirectory()), host_(host), more_(more) {
  Start();
}

SimProcess::~SimProcess() {
  Stop();
  std::filesystem::remove_all(directory_);
}

std::vector<std::string> SimProcess::Arguments() const {
  const auto door = [this](uint16_t port) { return ToString(HostPort{host_, port}); };
  std::vector<std::string> arguments = {RDS_CSI_SIM,
                                        "--state-dir",
                                        directory_ + "/state",
                                        "--rest",
                                        door(rest_port_),
                                        "--ssh",
                                        door(ssh_port_),
                                        "--pool",
                                        "storage-pool=16G:btrfs",
                                        "--directory",
                                        "/storage-pool/csi",
                                        "--credentials-dir",
                                        credentials(),
                                        "--control",
                                        directory_ + "/control"};
  if (std::find(more_.begin(), more_.end(), "--ssh-host-key") == more_.end()) {
    arguments.insert(arguments.end(), {"--ssh-host-key", "ed25519"});
  }
  arguments.insert(arguments.end(), more_.begin(), more_.end());
  return arguments;
}

void SimProcess::Start() {
  int out = -1;
  pid_ = Spawn(Arguments(), out);
  const std::string line = ReadLine(out);
  close(out);
  EXPECT_TRUE(line.starts_with("ready ")) << line;
  rest_port_ = PortIn(line, "rest");
  ssh_port_ = PortIn(line, "ssh");
}

void SimProcess::Stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

SimProcess::Frozen::Frozen(const SimProcess& sim) : pid_(sim.pid_) { kill(pid_, SIGSTOP); }
SimProcess::Frozen::~Frozen() { kill(pid_, SIGCONT); }

Endpoint SimProcess::At(Endpoint::Door door, const std::string& host) const {
  return {door, {host, door == Endpoint::Door::kRest ? rest_port_ : ssh_port_}};
}

void SimProcess::WriteCredential(const std::string& file, const std::string& text) const {
  std::filesystem::remove(credentials() + "/" + file);
  if (!text.empty()) std::ofstream(credentials() + "/" + file, std::ios::binary) << text;
}

std::string SimProcess::Tell(const std::string& json) const {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory_ + "/control";
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string line = json + "\n";
  EXPECT_EQ(send(fd, line.data(), line.size(), MSG_NOSIGNAL), static_cast<ssize_t>(line.size()));
  std::string answer = ReadLine(fd);
  close(fd);
  EXPECT_NE(answer.find("\"ok\":true"), std::string::npos) << json.substr(0, 200) << ": " << answer;
  return answer;
}

int64_t SimProcess::Count(const std::string& counter) const {
  const auto answer = nlohmann::json::parse(Tell(R"({"do":"counters"})"));
  if (answer.contains(counter)) return answer[counter].get<int64_t>();
  return answer["commands"].value(counter, int64_t{0});
}

}  // namespace rds_csi
