#include "sql/large_stack.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define SLUICE_FIBER_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLUICE_FIBER_ASAN
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define SLUICE_FIBER_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_FIBER_TSAN
#endif
#endif

#ifdef SLUICE_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SLUICE_FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace sluice::sql {
namespace {

constexpr std::size_t kGuardBytes = 64 * 1024;

struct Call {
  void (*function)(void*);
  void* argument;
  ucontext_t caller;
  ucontext_t callee;
  const void* caller_stack = nullptr;  // for the sanitizer
  std::size_t caller_stack_bytes = 0;
  void* caller_fiber = nullptr;
};

#ifdef SLUICE_FIBER_TSAN
#define SLUICE_NO_TSAN __attribute__((no_sanitize("thread")))
#else
#define SLUICE_NO_TSAN
#endif

// makecontext() passes ints only: the pointer comes in two halves. Not instrumented for threads: it would be entered
// on one fiber and left on another.
SLUICE_NO_TSAN void enter(unsigned high, unsigned low) {
  auto* call = reinterpret_cast<Call*>(static_cast<std::uintptr_t>(high) << 32 | low);
#ifdef SLUICE_FIBER_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &call->caller_stack, &call->caller_stack_bytes);
#endif
  call->function(call->argument);
#ifdef SLUICE_FIBER_ASAN
  __sanitizer_start_switch_fiber(nullptr, call->caller_stack, call->caller_stack_bytes);
#endif
#ifdef SLUICE_FIBER_TSAN
  __tsan_switch_to_fiber(call->caller_fiber, 0);
#endif
}  // uc_link leads back to the caller

}  // namespace

bool call_on_large_stack(std::size_t bytes, void (*function)(void*), void* argument) {
  const std::size_t size = bytes + kGuardBytes;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return false;
  char* stack = static_cast<char*>(memory) + kGuardBytes;
  Call call{.function = function, .argument = argument, .caller = {}, .callee = {}};
  if (mprotect(memory, kGuardBytes, PROT_NONE) != 0 || getcontext(&call.callee) != 0) {
    munmap(memory, size);
    return false;
  }
  call.callee.uc_stack.ss_sp = stack;
  call.callee.uc_stack.ss_size = bytes;
  call.callee.uc_link = &call.caller;
  const auto address = reinterpret_cast<std::uintptr_t>(&call);
  makecontext(&call.callee, reinterpret_cast<void (*)()>(enter), 2, static_cast<unsigned>(address >> 32),
              static_cast<unsigned>(address));
#ifdef SLUICE_FIBER_ASAN
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, stack, bytes);
#endif
#ifdef SLUICE_FIBER_TSAN
  call.caller_fiber = __tsan_get_current_fiber();
  void* fiber = __tsan_create_fiber(0);
  __tsan_switch_to_fiber(fiber, 0);
#endif
  swapcontext(&call.caller, &call.callee);
#ifdef SLUICE_FIBER_ASAN
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
#ifdef SLUICE_FIBER_TSAN
  __tsan_destroy_fiber(fiber);
#endif
  munmap(memory, size);
  return true;
}

}  // namespace sluice::sql
