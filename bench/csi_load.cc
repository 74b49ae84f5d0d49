// SPDX-License-Identifier: Apache-2.0
//
// csi-load: the same CSI call many times over, from many callers at once, and how long each took.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "caller.h"

namespace rds_csi {
namespace {

using nlohmann::ordered_json;
using std::chrono::steady_clock;

constexpr const char* kFooter = R"(
"%n" in REQUEST stands for the number of the call, FIRST and up. Prints one JSON object:

  {"seconds":1.9,"ms":[0.8,1.1,...],"failed":0,"error":""}

"seconds" from the first call to the last answer; "ms" of every call that succeeded, in the order in
which they ended; "error" is that of the first one that failed.)";

struct Load {
  Call call;
  std::string request = "{}";
  int callers = 1;
  int64_t calls = 1;
  int64_t first = 0;
};

std::string WithNumber(std::string text, int64_t number) {
  for (size_t at = text.find("%n"); at != std::string::npos; at = text.find("%n", at)) {
    text.replace(at, 2, std::to_string(number));
  }
  return text;
}

// What came of all calls; used by many threads at once.
class Tally {
 public:
  void Add(const Answer& answer) {
    const std::lock_guard lock(mutex_);
    if (answer.code == 0) return milliseconds_.push_back(answer.ms);
    if (failed_++ == 0) error_ = std::string(CodeName(answer.code)) + ": " + answer.message;
  }

  ordered_json ToJson(double seconds) const {
    return {{"seconds", seconds}, {"ms", milliseconds_}, {"failed", failed_}, {"error", error_}};
  }

 private:
  std::mutex mutex_;
  std::vector<double> milliseconds_;
  int64_t failed_ = 0;
  std::string error_;
};

void CallUntilDone(const Load& load, Caller& caller, std::atomic<int64_t>& next, Tally& tally) {
  for (int64_t number = next++; number < load.first + load.calls; number = next++) {
    Call call = load.call;
    call.request = ordered_json::parse(WithNumber(load.request, number), nullptr, false);
    tally.Add(caller.Make(call));
  }
}

// The connection is made before the first call that counts.
ordered_json Run(const Load& load) {
  Caller caller;
  Call probe = load.call;
  probe.method = "csi.v1.Identity/Probe";
  caller.Make(probe);
  Tally tally;
  std::atomic<int64_t> next = load.first;
  const auto start = steady_clock::now();
  std::vector<std::thread> callers;
  for (int i = 0; i < load.callers; ++i) {
    callers.emplace_back([&] { CallUntilDone(load, caller, next, tally); });
  }
  for (std::thread& each : callers) each.join();
  return tally.ToJson(std::chrono::duration<double>(steady_clock::now() - start).count());
}

int Main(int argc, char** argv) {
  CLI::App app("Makes the same CSI call many times over.", "csi-load");
  app.footer(kFooter);
  Load load;
  load.call.wait_for_ready = true;
  app.add_option("SOCKET", load.call.socket, "such as unix:///csi/csi.sock")->required();
  app.add_option("METHOD", load.call.method, "such as csi.v1.Identity/Probe")->required();
  app.add_option("REQUEST", load.request, "as protobuf JSON")->capture_default_str();
  app.add_option("--callers", load.callers, "calls at once")->check(CLI::Range(1, 1000));
  app.add_option("--calls", load.calls, "calls in all")->check(CLI::PositiveNumber);
  app.add_option("--first", load.first, "the first number")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::cout << Run(load).dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  try {
    return rds_csi::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "csi-load: " << error.what() << "\n";
    return 1;
  }
}
