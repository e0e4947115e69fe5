#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>

#include "base/ids.h"
#include "base/result.h"
#include "config/config.h"
#include "net/tls.h"
#include "plan/statement_plan.h"

namespace sluice::control {

/// Held by each session for its database.
using DatabaseUse = std::shared_ptr<const DatabaseAlias>;

/// The current configuration and, per upstream database, the current plan::Snapshot. Readable from
/// every thread. A worker keeps its own pointers and looks again only when generation() has changed,
/// so that the statement path costs one relaxed load.
class SnapshotBoard {
 public:
  virtual ~SnapshotBoard() = default;

  /// Grows with everything that is published.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

  [[nodiscard]] virtual std::shared_ptr<const config::Config> config() const = 0;
  /// upstream_unavailable while the catalog has never been read; unknown_database if no such alias.
  [[nodiscard]] virtual Result<std::shared_ptr<const plan::Snapshot>> snapshot(const DatabaseAlias& database) const = 0;
  /// Reads the catalog anew and publishes it if it differs. Calls that overlap share one reading, but
  /// never one that began before the call. Resumes on the caller's executor.
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> refresh(DatabaseAlias database) = 0;

  /// TLS for agents; null: none. Belongs to the configuration, and is read from its files with it.
  [[nodiscard]] virtual std::shared_ptr<net::TlsServerContext> tls() const { return nullptr; }
  /// Says that a session uses a database, for as long as the result lives. The catalog of one that the entry "*" passes on is
  /// read for its first user; the catalogs of the others are known anyway. Errors: unknown_database,
  /// upstream_unavailable, too_many_connections (too many such databases at a time). Resumes on the caller's executor.
  [[nodiscard]] virtual boost::asio::awaitable<Result<DatabaseUse>> open(DatabaseAlias database) = 0;

 protected:
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace sluice::control
