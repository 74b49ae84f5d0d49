// SPDX-License-Identifier: Apache-2.0
//
// csi-start: starts a CSI driver again and again, and says how long each time took from exec to the
// first answered Probe.
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "caller.h"

namespace rds_csi {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::microseconds kBetweenTries{100};

// Whether somebody listens on a unix socket.
bool Answers(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return connected;
}

pid_t Start(std::vector<std::string>& command) {
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t pid = 0;
  if (posix_spawn(&pid, words[0], nullptr, nullptr, words.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + command[0]);
  }
  return pid;
}

void WaitUntilListening(pid_t pid, const std::string& path) {
  while (!Answers(path)) {
    if (waitpid(pid, nullptr, WNOHANG) == pid) throw std::runtime_error("it ended at once");
    std::this_thread::sleep_for(kBetweenTries);
  }
}

// A driver that answers that it cannot work here has answered.
void Probe(Caller& caller, const std::string& path) {
  Call probe;
  probe.socket = "unix://" + path;
  probe.method = "csi.v1.Identity/Probe";
  probe.wait_for_ready = true;
  const Answer answer = caller.Make(probe);
  if (answer.code != 0 && answer.code != grpc::StatusCode::FAILED_PRECONDITION) {
    throw std::runtime_error("Probe: " + answer.message);
  }
}

// In milliseconds. The driver is ended again.
double StartOnce(std::vector<std::string>& command, const std::string& path) {
  unlink(path.c_str());
  auto caller = std::make_unique<Caller>();
  const auto start = steady_clock::now();
  const pid_t pid = Start(command);
  WaitUntilListening(pid, path);
  Probe(*caller, path);
  const std::chrono::duration<double, std::milli> took = steady_clock::now() - start;
  caller.reset();  // a driver that ends waits for those who are connected
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
  return took.count();
}

int Main(int argc, char** argv) {
  CLI::App app("Prints as JSON how many milliseconds each start took.", "csi-start");
  std::string path;
  int times = 1;
  std::vector<std::string> command;
  app.add_option("--times", times, "how often")->capture_default_str();
  app.add_option("SOCKET", path, "the path of the driver's socket")->required();
  app.add_option("COMMAND", command, "the driver and its arguments, after --")->required();
  CLI11_PARSE(app, argc, argv);
  nlohmann::json milliseconds = nlohmann::json::array();
  for (int i = 0; i < times; ++i) milliseconds.push_back(StartOnce(command, path));
  std::cout << milliseconds.dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  try {
    return rds_csi::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "csi-start: " << error.what() << "\n";
    return 1;
  }
}
