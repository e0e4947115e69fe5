#pragma once

#include <chrono>

namespace sluice {

/// Microseconds since 1970-01-01 UTC: the unit of every time that is stored or shown.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Where time comes from. Pure code takes a Timestamp as an argument instead.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;  ///< may jump, as wall clocks do
};

}  // namespace sluice
