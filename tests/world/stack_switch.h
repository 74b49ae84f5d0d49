// SPDX-License-Identifier: Apache-2.0
// One stack beside a thread's own, as the sanitizers that are built in must know it, so that they
// tell a switch from a stack that ran over or a race. Without any this does nothing.
//
//   outside                                  inside
//     Enter(); swapcontext(outside, inside)
//                                              Entered(), first of all
//                                              Leave(…); swapcontext(inside, outside)
//     Left()
#ifndef RDS_CSI_TESTS_WORLD_STACK_SWITCH_H_
#define RDS_CSI_TESTS_WORLD_STACK_SWITCH_H_

#include <cstddef>

#if defined(__has_feature)
#define RDS_CSI_HAS_FEATURE(feature) __has_feature(feature)
#else
#define RDS_CSI_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || RDS_CSI_HAS_FEATURE(address_sanitizer)
#define RDS_CSI_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__) || RDS_CSI_HAS_FEATURE(thread_sanitizer)
#define RDS_CSI_TSAN
#include <sanitizer/tsan_interface.h>
#endif

// A function that was called on one stack and returns on the other would confuse them itself.
#define RDS_CSI_INLINE [[gnu::always_inline]]

namespace rds_csi::world {

#if defined(RDS_CSI_ASAN)

class StackSwitch {
 public:
  StackSwitch(const std::byte* bottom, size_t bytes) : inside_(bottom), inside_bytes_(bytes) {}
  StackSwitch(const StackSwitch&) = delete;

  RDS_CSI_INLINE void Enter() {
    __sanitizer_start_switch_fiber(&frames_outside_, inside_, inside_bytes_);
  }
  RDS_CSI_INLINE void Entered() {
    __sanitizer_finish_switch_fiber(frames_inside_, &outside_, &outside_bytes_);
  }
  RDS_CSI_INLINE void Leave(bool for_good) {
    __sanitizer_start_switch_fiber(for_good ? nullptr : &frames_inside_, outside_, outside_bytes_);
  }
  RDS_CSI_INLINE void Left() { __sanitizer_finish_switch_fiber(frames_outside_, nullptr, nullptr); }

 private:
  const void* inside_;
  size_t inside_bytes_;
  const void* outside_ = nullptr;
  size_t outside_bytes_ = 0;
  void* frames_inside_ = nullptr;  // those whose memory is watched after their return
  void* frames_outside_ = nullptr;
};

#elif defined(RDS_CSI_TSAN)

class StackSwitch {
 public:
  StackSwitch(const std::byte*, size_t) {}
  ~StackSwitch() { __tsan_destroy_fiber(inside_); }
  StackSwitch(const StackSwitch&) = delete;

  RDS_CSI_INLINE void Enter() {
    outside_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(inside_, 0);
  }
  RDS_CSI_INLINE void Entered() {}
  RDS_CSI_INLINE void Leave(bool) { __tsan_switch_to_fiber(outside_, 0); }
  RDS_CSI_INLINE void Left() {}

 private:
  void* inside_ = __tsan_create_fiber(0);
  void* outside_ = nullptr;
};

#else

class StackSwitch {
 public:
  StackSwitch(const std::byte*, size_t) {}
  StackSwitch(const StackSwitch&) = delete;

  void Enter() {}
  void Entered() {}
  void Leave(bool) {}
  void Left() {}
};

#endif

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_STACK_SWITCH_H_
