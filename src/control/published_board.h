#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "control/catalog_watcher.h"
#include "control/snapshot_board.h"

namespace sluice::control {

/// The board that control publishes on: one watcher for each upstream database, and the policy's tags
/// resolved anew whenever a catalog or the policy changes.
class PublishedBoard final : public SnapshotBoard {
 public:
  PublishedBoard(store::Store& store, CatalogWatcher::Intervals intervals) : store_(store), intervals_(intervals) {}
  ~PublishedBoard() override;

  std::shared_ptr<const config::Config> config() const override;
  Result<std::shared_ptr<const plan::Snapshot>> snapshot(const DatabaseAlias& database) const override;
  boost::asio::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> refresh(DatabaseAlias database) override;

  /// Publishes configuration and policy, with all snapshots that follow from them, in one step. A database
  /// whose upstream has changed starts without a catalog. One call at a time; may wait for a reading.
  /// store_unavailable: nothing has changed.
  [[nodiscard]] Status publish(std::shared_ptr<const config::Config> config);
  /// Waits until each database's catalog was tried once, or the time is over.
  void wait_for_first_readings(std::chrono::milliseconds patience);
  [[nodiscard]] std::vector<DatabaseAlias> databases_down() const;
  /// Ends all watching.
  void stop();

 private:
  struct Entry {
    std::shared_ptr<CatalogWatcher> watcher;
    std::uint64_t epoch = 0;  ///< of the watcher: what an exchanged one still publishes is dropped
    bool attempted = false;
    std::shared_ptr<const plan::Snapshot> snapshot;
  };
  using Entries = std::map<DatabaseAlias, Entry>;

  Status publish_catalog(const DatabaseAlias& database, std::uint64_t epoch, std::shared_ptr<const sql::Catalog> catalog);
  void note_attempt(const DatabaseAlias& database, std::uint64_t epoch);
  std::shared_ptr<CatalogWatcher> start_watcher(const DatabaseAlias& database, const config::Upstream& upstream, std::uint64_t epoch);

  store::Store& store_;
  const CatalogWatcher::Intervals intervals_;
  std::mutex publishing_;       ///< held while something new is computed
  mutable std::mutex mutex_;    ///< held for moments, to read or exchange pointers
  std::condition_variable attempted_;
  std::shared_ptr<const config::Config> config_;
  Entries entries_;
  std::uint64_t epochs_ = 0;
};

}  // namespace sluice::control
