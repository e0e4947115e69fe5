#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "net/http_server.h"

namespace sluice::channels {

/// How a channel gets on.
struct ChannelCounts {
  std::uint64_t told = 0;     ///< deliveries that succeeded
  std::uint64_t failed = 0;   ///< attempts that did not
  std::uint64_t waiting = 0;  ///< what is still to be told
};

/// One place where approvals are shown or told of. Made on any thread before the control thread can reach it; all calls
/// are for the control thread.
class Channel {
 public:
  virtual ~Channel() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  /// What is served for it: path -> who answers. The handlers keep what they need.
  [[nodiscard]] virtual std::map<std::string, net::HttpHandler> callbacks() = 0;
  [[nodiscard]] virtual ChannelCounts counts() const = 0;
  /// Begins nothing new. What has begun may go on until the thread ends.
  virtual void stop() = 0;
};

}  // namespace sluice::channels
