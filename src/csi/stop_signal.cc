// SPDX-License-Identifier: Apache-2.0
#include "csi/stop_signal.h"

#include <csignal>

namespace rds_csi {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void HoldStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::string WaitForStopSignal() {
  const sigset_t signals = StopSignals();
  int number = 0;
  while (sigwait(&signals, &number) != 0) {
  }
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return number == SIGINT ? "SIGINT" : "SIGTERM";
}

}  // namespace rds_csi
