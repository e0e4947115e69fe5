#pragma once

#include <cstddef>

namespace sluice::sql {

/// Calls `function(argument)` on a stack of at least `bytes` bytes of its own, with a guard page below, and
/// comes back to the caller's stack. Memory is touched only as it is used. `function` must not throw.
/// False: no address space for such a stack, nothing was called.
[[nodiscard]] bool call_on_large_stack(std::size_t bytes, void (*function)(void*), void* argument);

}  // namespace sluice::sql
