#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/ids.h"

namespace sluice::gateway {

/// How many sessions are open, in total and of each identity. One for all workers; locked, but used at
/// login and logout only.
class SessionCounts {
 public:
  enum class Entry { admitted, too_many, too_many_of_identity };

  /// Counts one more session of `identity` in, unless a limit is reached; 0 is no limit.
  [[nodiscard]] Entry enter(const IdentityId& identity, std::uint64_t max_total, std::uint64_t max_of_identity);
  /// Once for each enter() that admitted.
  void leave(const IdentityId& identity);
  [[nodiscard]] std::uint64_t total() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t total_ = 0;
  std::unordered_map<IdentityId, std::uint64_t> of_identity_;  // none is 0
};

}  // namespace sluice::gateway
