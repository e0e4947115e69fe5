#pragma once

#include <chrono>

namespace sluice {

/// How a TCP connection finds out that its peer is gone. 0 leaves the system's own value.
struct TcpOptions {
  std::chrono::seconds keepalive_idle{60};      ///< silence before the first probe
  std::chrono::seconds keepalive_interval{15};  ///< between probes
  int keepalive_count = 4;                      ///< probes without an answer until the connection is lost
  /// TCP_USER_TIMEOUT: how long bytes may stay unacknowledged, or unsent because the peer has no room. A peer
  /// that is alive and merely does not read is cut off too.
  std::chrono::milliseconds user_timeout{0};

  friend bool operator==(const TcpOptions&, const TcpOptions&) = default;
};

}  // namespace sluice
