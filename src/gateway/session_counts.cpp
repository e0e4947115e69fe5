#include "gateway/session_counts.h"

namespace sluice::gateway {

SessionCounts::Entry SessionCounts::enter(const IdentityId& identity, std::uint64_t max_total, std::uint64_t max_of_identity) {
  const std::scoped_lock lock(mutex_);
  if (max_total != 0 && total_ >= max_total) return Entry::too_many;
  const auto found = of_identity_.find(identity);
  if (max_of_identity != 0 && found != of_identity_.end() && found->second >= max_of_identity) return Entry::too_many_of_identity;
  ++total_;
  ++of_identity_[identity];
  return Entry::admitted;
}

void SessionCounts::leave(const IdentityId& identity) {
  const std::scoped_lock lock(mutex_);
  --total_;
  const auto found = of_identity_.find(identity);
  if (found != of_identity_.end() && --found->second == 0) of_identity_.erase(found);
}

std::uint64_t SessionCounts::total() const {
  const std::scoped_lock lock(mutex_);
  return total_;
}

}  // namespace sluice::gateway
