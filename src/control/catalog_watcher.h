#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "config/config.h"
#include "net/task.h"
#include "net/worker_thread.h"
#include "sql/catalog.h"
#include "store/catalog_source.h"
#include "store/store.h"

namespace sluice::control {

/// Keeps an eye on the catalog of one upstream database, on a thread of its own, since reading blocks and one
/// upstream that is down must not delay the others.
class CatalogWatcher {
 public:
  struct Intervals {
    std::chrono::milliseconds look{3000};       ///< at the server's counters
    std::chrono::milliseconds fingerprint{60000};  ///< at the catalog itself, whatever the counters say
    std::chrono::milliseconds first_retry{500};    ///< doubled after each failure …
    std::chrono::milliseconds last_retry{15000};   ///< … up to this
  };
  /// Called on the watcher's thread after each reading, with a catalog that differs from the one before (again with the
  /// same if it failed), or with null. The source may be asked further questions.
  using Publish = std::function<Status(store::CatalogSource&, std::shared_ptr<const sql::Catalog>)>;
  /// Called once on the watcher's thread, after the first attempt, whatever came of it.
  using Attempted = std::function<void()>;

  CatalogWatcher(DatabaseAlias alias, config::Upstream upstream, store::Store& store, Publish publish, Attempted attempted,
                 Intervals intervals);
  /// Waits for a reading that is under way.
  ~CatalogWatcher() = default;
  CatalogWatcher(const CatalogWatcher&) = delete;
  CatalogWatcher& operator=(const CatalogWatcher&) = delete;

  /// Returns after a reading that began after this call. Calls that overlap share it. Resumes on the caller's
  /// executor; the watcher must outlive it.
  [[nodiscard]] net::awaitable<Status> refresh();
  /// Answers who asked before and ends the thread.
  void stop();

 private:
  static net::awaitable<void> watch(CatalogWatcher* self);
  Status read();
  Status look();
  Status serve(std::uint64_t ticket);
  void note(const Status& status);

  const DatabaseAlias alias_;
  const Intervals intervals_;
  store::Store& store_;
  const Publish publish_;
  const Attempted attempted_;
  std::atomic<std::uint64_t> asked_{0};

  // on the watcher's thread
  store::CatalogSource source_;
  std::string fingerprint_;
  std::chrono::steady_clock::time_point last_fingerprint_{};
  std::uint64_t served_ = 0;
  Status last_{Done{}};
  bool healthy_ = true;

  net::WorkerThread thread_;  // last: nothing of the above is touched once it has ended
};

}  // namespace sluice::control
