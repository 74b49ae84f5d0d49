// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.h"

#include <fmt/format.h>
#include <libssh/libssh.h>

#include <csignal>

#include "sim/base/status_macros.h"
#include "sim/control/control_commands.h"
#include "sim/nvmet/kernel_modules.h"
#include "sim/nvmet/nvmet_target.h"

namespace rds_csi::sim {

absl::StatusOr<std::unique_ptr<Simulator>> Simulator::Start(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // clients go away whenever they like
  ssh_init();
  std::unique_ptr<Simulator> sim(new Simulator());
  SIM_ASSIGN_OR_RETURN(sim->schema_, Schema::Load(options.routeros));
  for (const std::string& pair : options.assumptions) {
    SIM_RETURN_IF_ERROR(sim->switches_.SetPair(pair));
  }
  SIM_ASSIGN_OR_RETURN(sim->credentials_,
                       ProvideCredentials({.directory = options.state_dir + "/keys",
                                           .username = options.user,
                                           .password = options.password,
                                           .names = options.names,
                                           .host_key_type = options.ssh_host_key}));
  if (!options.credentials_dir.empty()) {
    SIM_RETURN_IF_ERROR(HandOut(sim->credentials_, options.credentials_dir));
  }
  SIM_RETURN_IF_ERROR(sim->OpenTarget(options));
  SIM_ASSIGN_OR_RETURN(sim->router_, Router::Open({.state_dir = options.state_dir,
                                                   .pools = options.pools,
                                                   .directories = options.directories},
                                                  *sim->schema_, sim->switches_, *sim->target_));
  sim->service_ = std::make_unique<Service>(
      *sim->router_, sim->switches_, User{sim->credentials_.username, sim->credentials_.password});
  SIM_RETURN_IF_ERROR(sim->OpenDoors(options));
  return sim;
}

absl::Status Simulator::OpenTarget(const Options& options) {
  if (!options.nvmet) {
    target_ = std::make_unique<NoExportTarget>();
    return absl::OkStatus();
  }
  SIM_RETURN_IF_ERROR(ProvideNvmet(options.nvmet_root));
  config_ = std::make_unique<LinuxConfigTree>(options.nvmet_root);
  backings_ = std::make_unique<LoopBackings>();
  auto nvmet = std::make_unique<NvmetTarget>(*config_, *backings_, options.nvme_address,
                                             options.state_dir + "/files");
  nvmet->RemoveLeftovers();
  target_ = std::move(nvmet);
  return absl::OkStatus();
}

absl::Status Simulator::OpenDoors(const Options& options) {
  if (options.rest) {
    SIM_ASSIGN_OR_RETURN(
        TlsContext tls, TlsContext::Load(credentials_.certificate_file(), credentials_.key_file()));
    rest_ = std::make_unique<RestDoor>(*service_, std::move(tls), *options.rest);
    SIM_RETURN_IF_ERROR(rest_->Open());
  }
  if (options.ssh) {
    SIM_ASSIGN_OR_RETURN(ssh_,
                         SshDoor::Create(*service_, {.address = *options.ssh,
                                                     .host_key_file = credentials_.host_key_file,
                                                     .user_key = credentials_.user_key_line}));
    SIM_RETURN_IF_ERROR(ssh_->Open());
  }
  if (options.control.empty()) return absl::OkStatus();
  control_ = std::make_unique<ControlSocket>(
      options.control, [this](const std::string& line) { return RunControlLine(*this, line); });
  return control_->Open();
}

Simulator::~Simulator() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  control_.reset();
  if (service_ != nullptr) service_->Stop();
  if (reboot_.joinable()) reboot_.join();
  rest_.reset();
  ssh_.reset();
  router_.reset();
  target_.reset();
}

uint16_t Simulator::rest_port() const { return rest_ == nullptr ? 0 : rest_->port(); }

uint16_t Simulator::ssh_port() const { return ssh_ == nullptr ? 0 : ssh_->port(); }

bool Simulator::Sleep(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

absl::Status Simulator::Reboot(std::chrono::milliseconds down, std::chrono::milliseconds exports) {
  const std::lock_guard lock(mutex_);
  if (rebooting_ || stopping_) return absl::UnavailableError("a reboot is going on");
  if (reboot_.joinable()) reboot_.join();  // of an earlier reboot, long done
  rebooting_ = true;
  reboot_ = std::thread([this, down, exports] { RunReboot(down, exports); });
  return absl::OkStatus();
}

void Simulator::RunReboot(std::chrono::milliseconds down, std::chrono::milliseconds exports) {
  if (rest_ != nullptr) rest_->Close();
  if (ssh_ != nullptr) ssh_->Close();
  router_->PowerOff();
  if (!Sleep(down)) return;
  router_->ListenWithoutExports();
  absl::Status status;
  if (rest_ != nullptr) status.Update(rest_->Open());
  if (ssh_ != nullptr) status.Update(ssh_->Open());
  if (!Sleep(exports)) return;
  status.Update(router_->RestoreExports());
  if (!status.ok()) fmt::print(stderr, "rds-sim: after the reboot: {}\n", Message(status));
  const std::lock_guard lock(mutex_);
  rebooting_ = false;
}

}  // namespace rds_csi::sim
