// SPDX-License-Identifier: Apache-2.0
#include "host/linux_workers.h"

#include <stop_token>
#include <utility>

#include "host/linux_child.h"

namespace rds_csi {
namespace {

// A volume is staged by one act after the other; a second one serves the keeper, or another volume.
constexpr size_t kKept = 2;

}  // namespace

LinuxWorkers::~LinuxWorkers() {
  for (const Worker& worker : idle_) Kill(worker.child);
}

absl::StatusOr<Worker> LinuxWorkers::Take() {
  while (std::optional<Worker> worker = TakeIdle()) {
    if (IsIdle(*worker)) return *std::move(worker);
    Kill(worker->child);  // it died while it waited
  }
  return Start();
}

void LinuxWorkers::Give(Worker worker) {
  {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kKept) {
      idle_.push_back(std::move(worker));
      return;
    }
  }
  Kill(worker.child);
}

std::optional<Worker> LinuxWorkers::TakeIdle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::nullopt;
  Worker worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

absl::StatusOr<Worker> LinuxWorkers::Start() {
  Order order;
  std::unique_lock lock(mutex_);
  if (!starter_.joinable()) {
    starter_ = std::jthread([this](const std::stop_token& stop) { FillOrders(stop); });
  }
  orders_.push_back(&order);
  ordered_.notify_one();
  filled_.wait(lock, [&order] { return order.worker.has_value(); });
  return *std::move(order.worker);
}

void LinuxWorkers::FillOrders(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (ordered_.wait(lock, stop, [this] { return !orders_.empty(); })) {
    Order* const order = orders_.front();
    orders_.pop_front();
    lock.unlock();
    absl::StatusOr<Worker> worker = StartWorker(program_);
    lock.lock();
    order->worker = std::move(worker);
    filled_.notify_all();
  }
}

}  // namespace rds_csi
