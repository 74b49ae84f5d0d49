// SPDX-License-Identifier: Apache-2.0
#include "fiber.h"

#include <ucontext.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

#if defined(__has_feature)
#define RDS_CSI_HAS_FEATURE(feature) __has_feature(feature)
#else
#define RDS_CSI_HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || RDS_CSI_HAS_FEATURE(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define RDS_CSI_ASAN
#endif
#if defined(__SANITIZE_THREAD__) || RDS_CSI_HAS_FEATURE(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define RDS_CSI_TSAN
#endif

namespace rds_csi::world {
namespace {

constexpr size_t kStackBytes = size_t{512} * 1024;

thread_local Fiber* current = nullptr;

}  // namespace

// A stack, and where on it or beside it to go on.
struct Fiber::Stack {
  static std::vector<std::unique_ptr<Stack>>& Free() {
    thread_local std::vector<std::unique_ptr<Stack>> free;
    return free;
  }
  static std::unique_ptr<Stack> Take() {
    if (Free().empty()) return std::make_unique<Stack>();
    std::unique_ptr<Stack> stack = std::move(Free().back());
    Free().pop_back();
    return stack;
  }

#ifdef RDS_CSI_TSAN
  Stack() : own(__tsan_create_fiber(0)) {}
  ~Stack() { __tsan_destroy_fiber(own); }
  void* own;
  void* others = nullptr;
#else
  Stack() = default;
#endif
  Stack(const Stack&) = delete;

  std::unique_ptr<std::array<std::byte, kStackBytes>> bytes{new std::array<std::byte, kStackBytes>};
  ucontext_t inside = {};
  ucontext_t outside = {};
  void* fake_inside = nullptr;  // of AddressSanitizer, as are the two below
  const void* outside_bottom = nullptr;
  size_t outside_bytes = 0;
};

Fiber::Fiber(std::function<void()> act) : act_(std::move(act)) {}

Fiber::~Fiber() {
  if (stack_ && !ended_) std::abort();
  if (stack_) Stack::Free().push_back(std::move(stack_));
}

Fiber* Fiber::Current() { return current; }

void Fiber::Resume() {
  if (!stack_) {
    stack_ = Stack::Take();
    getcontext(&stack_->inside);
    stack_->inside.uc_stack.ss_sp = stack_->bytes->data();
    stack_->inside.uc_stack.ss_size = kStackBytes;
    makecontext(&stack_->inside, &Fiber::Begin, 0);
  }
  current = this;
#ifdef RDS_CSI_ASAN
  void* fake_outside = nullptr;
  __sanitizer_start_switch_fiber(&fake_outside, stack_->bytes->data(), kStackBytes);
#endif
#ifdef RDS_CSI_TSAN
  stack_->others = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(stack_->own, 0);
#endif
  swapcontext(&stack_->outside, &stack_->inside);
#ifdef RDS_CSI_ASAN
  __sanitizer_finish_switch_fiber(fake_outside, nullptr, nullptr);
#endif
  current = nullptr;
}

void Fiber::Begin() {
  Fiber& fiber = *current;
#ifdef RDS_CSI_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &fiber.stack_->outside_bottom,
                                  &fiber.stack_->outside_bytes);
#endif
  fiber.act_();
  fiber.ended_ = true;
  fiber.Leave(/*for_good=*/true);
}

void Fiber::Leave([[maybe_unused]] bool for_good) {
#ifdef RDS_CSI_ASAN
  __sanitizer_start_switch_fiber(for_good ? nullptr : &stack_->fake_inside, stack_->outside_bottom,
                                 stack_->outside_bytes);
#endif
#ifdef RDS_CSI_TSAN
  __tsan_switch_to_fiber(stack_->others, 0);
#endif
  swapcontext(&stack_->inside, &stack_->outside);
#ifdef RDS_CSI_ASAN
  __sanitizer_finish_switch_fiber(stack_->fake_inside, &stack_->outside_bottom,
                                  &stack_->outside_bytes);
#endif
}

void Fiber::Pause() { current->Leave(/*for_good=*/false); }

}  // namespace rds_csi::world
