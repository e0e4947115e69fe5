#include "gateway/host_health.h"

#include <algorithm>

namespace sluice::gateway {

namespace {
constexpr std::chrono::seconds kLongestTry{30};
}

bool HostHealth::may_try(const config::UpstreamHost& host, Time now) {
  const auto found = failing_.find(host.to_text());
  if (found == failing_.end()) return true;
  Failing& failing = found->second;
  if (now < failing.retry_at || now < failing.trying_until) return false;
  failing.trying_until = now + kLongestTry;
  return true;
}

void HostHealth::succeeded(const config::UpstreamHost& host) { failing_.erase(host.to_text()); }

void HostHealth::failed(const config::UpstreamHost& host, Time now) {
  Failing& failing = failing_[host.to_text()];
  // Of many logins that were under way together the first failure counts, not each of them.
  if (now < failing.retry_at) return;
  failing.pause = failing.pause.count() == 0 ? kFirstPause : std::min(failing.pause * 2, kLastPause);
  failing.retry_at = now + failing.pause;
  failing.trying_until = {};
}

}  // namespace sluice::gateway
