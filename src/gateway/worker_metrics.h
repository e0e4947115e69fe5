#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "policy/decision.h"
#include "sql/analysis.h"

namespace sluice::gateway {

/// A number that one thread changes and any thread reads: neither lock nor locked instruction.
class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept { value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed); }
  void subtract(std::uint64_t count = 1) noexcept { add(~count + 1); }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// What a session is doing; each has its own time limit.
enum class Activity { login, idle, in_transaction, running, held };
inline constexpr std::size_t kActivities = 5;

/// The limits of docs/operations.md. Metrics count how often each was hit.
enum class Limit {
  max_sessions,
  max_sessions_per_identity,
  max_logins,
  max_message_bytes,
  max_prepared_statements,
  max_cursors,
  max_session_memory,
  max_memory,
  login_timeout,
  statement_timeout,
  idle_session_timeout,
  idle_in_transaction_session_timeout,
  hold_timeout,
  write_timeout,
  pipeline,  ///< an agent had to wait because too many answers were owed to it
};
inline constexpr std::size_t kLimits = 15;

/// How a hold ended.
enum class HoldEnd { approved, denied, expired, withdrawn };
inline constexpr std::size_t kHoldEnds = 4;

inline constexpr std::size_t kVerdicts = 3;
inline constexpr std::size_t kStatementKinds = static_cast<std::size_t>(sql::kLastStatementKind) + 1;
inline constexpr std::size_t kErrorKinds = static_cast<std::size_t>(ErrorKind::internal) + 1;

/// What one worker counts. Only its thread writes.
struct WorkerMetrics {
  std::array<Counter, kActivities> sessions;  ///< at present
  Counter sessions_opened;
  Counter login_failures;
  Counter bytes_from_agents;
  Counter bytes_to_agents;
  Counter bytes_from_upstreams;
  Counter bytes_to_upstreams;
  Counter rows;
  Counter upstream_connects;
  Counter upstream_failures;                  ///< to connect, or lost in a session
  Counter plan_hits;
  Counter plan_misses;
  Counter cancels;
  std::array<std::array<Counter, kStatementKinds>, kVerdicts> statements;
  std::array<Counter, kErrorKinds> refusals;  ///< by ErrorKind
  std::array<Counter, kLimits> limits;
  std::array<Counter, kHoldEnds> holds;

  void hit(Limit limit) noexcept { limits[static_cast<std::size_t>(limit)].add(); }
  void refused(ErrorKind kind) noexcept { refusals[static_cast<std::size_t>(kind)].add(); }
};

}  // namespace sluice::gateway
