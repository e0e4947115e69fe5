#pragma once

#include <chrono>
#include <map>
#include <string>

#include "config/upstream.h"

namespace sluice::gateway {

/// What one worker knows of its upstream servers: one that failed is left alone for a while, then tried by one login at
/// a time, so that a storm of agents does not become a storm on a server that is down or just starting.
class HostHealth {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds kFirstPause{100};  ///< doubled with each failure …
  static constexpr std::chrono::milliseconds kLastPause{3000};  ///< … up to this

  /// True: go ahead, and tell succeeded() or failed() what came of it.
  [[nodiscard]] bool may_try(const config::UpstreamHost& host, Time now);
  void succeeded(const config::UpstreamHost& host);
  void failed(const config::UpstreamHost& host, Time now);
  /// After a reload nothing that was known need be true any more.
  void forget() { failing_.clear(); }

 private:
  struct Failing {
    std::chrono::milliseconds pause{0};
    Time retry_at{};
    Time trying_until{};  ///< somebody tries it: a login that is never heard of again blocks nobody for longer
  };
  std::map<std::string, Failing> failing_;  // by host and port; who is not in it is well
};

}  // namespace sluice::gateway
