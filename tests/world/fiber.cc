// SPDX-License-Identifier: Apache-2.0
#include "fiber.h"

#include <ucontext.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

#include "stack_switch.h"

namespace rds_csi::world {
namespace {

using Bytes = std::array<std::byte, size_t{512} * 1024>;

thread_local Fiber* current = nullptr;

// Of fibers that ended: to make them anew takes longer than most fibers do.
std::vector<std::unique_ptr<Bytes>>& FreeStacks() {
  thread_local std::vector<std::unique_ptr<Bytes>> free;
  return free;
}

std::unique_ptr<Bytes> TakeStack() {
  if (FreeStacks().empty()) return std::unique_ptr<Bytes>(new Bytes);  // not filled
  std::unique_ptr<Bytes> stack = std::move(FreeStacks().back());
  FreeStacks().pop_back();
  return stack;
}

}  // namespace

// A stack, and where on it or beside it to go on.
struct Fiber::Stack {
  Stack() {
    getcontext(&inside);
    inside.uc_stack.ss_sp = bytes->data();
    inside.uc_stack.ss_size = bytes->size();
    makecontext(&inside, &Fiber::Begin, 0);
  }
  ~Stack() { FreeStacks().push_back(std::move(bytes)); }
  Stack(const Stack&) = delete;

  std::unique_ptr<Bytes> bytes = TakeStack();
  StackSwitch sanitizers{bytes->data(), bytes->size()};
  ucontext_t inside = {};
  ucontext_t outside = {};
};

Fiber::Fiber(std::function<void()> act) : act_(std::move(act)) {}

Fiber::~Fiber() {
  if (stack_ && !ended_) std::abort();
}

Fiber* Fiber::Current() { return current; }

void Fiber::Resume() {
  if (!stack_) stack_ = std::make_unique<Stack>();
  current = this;
  stack_->sanitizers.Enter();
  swapcontext(&stack_->outside, &stack_->inside);
  stack_->sanitizers.Left();
  current = nullptr;
}

void Fiber::Begin() {
  Fiber& fiber = *current;
  fiber.stack_->sanitizers.Entered();
  fiber.act_();
  fiber.ended_ = true;
  fiber.Leave(/*for_good=*/true);
}

void Fiber::Leave(bool for_good) {
  stack_->sanitizers.Leave(for_good);
  swapcontext(&stack_->inside, &stack_->outside);
  stack_->sanitizers.Entered();
}

void Fiber::Pause() { current->Leave(/*for_good=*/false); }

}  // namespace rds_csi::world
