#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "audit/record.h"
#include "base/result.h"
#include "store/sqlite.h"

namespace sluice::store {

/// The embedded store: one SQLite file, one connection, used by the store thread and the audit thread in
/// turn. Calls block (a commit waits for the disk): never make one on a worker.
class Store {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string& path);

  /// 16 hex digits that name this store for ever: the `journal` of the audit records born in it.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  /// Runs `work(const Database&)` while nobody else uses the connection.
  template <class F>
  auto use(F&& work) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(work)(database_);
  }

  /// The version number of `content`: the one it had last time if it is unchanged, the next one otherwise.
  [[nodiscard]] Result<std::uint64_t> version_of(const std::string& kind, const std::string& name, const std::string& fingerprint);

 private:
  explicit Store(Database database) : database_(std::move(database)) {}
  Database database_;
  std::mutex mutex_;
  std::string id_;
};

/// Puts an audit record into the outbox, within the caller's transaction.
[[nodiscard]] Status enqueue(const Database& database, Timestamp at, const audit::Event& event);

}  // namespace sluice::store
