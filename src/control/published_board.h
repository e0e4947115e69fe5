#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "control/catalog_watcher.h"
#include "control/role_check.h"
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

  std::shared_ptr<net::TlsServerContext> tls() const override;
  boost::asio::awaitable<Result<DatabaseUse>> open(DatabaseAlias database) override;

  /// Publishes configuration and policy, with all snapshots that follow from them, in one step. A database
  /// that is elsewhere now starts without a catalog. One call at a time; may wait for a reading.
  /// store_unavailable: nothing has changed.
  [[nodiscard]] Status publish(std::shared_ptr<const config::Config> config, std::shared_ptr<net::TlsServerContext> tls = nullptr);
  /// What is wrong with this configuration in a database that is open now: masks that are no values of their columns'
  /// types, an upstream role that may see what is masked. Blocks.
  [[nodiscard]] std::vector<std::string> objections(const std::shared_ptr<const config::Config>& config);
  /// Waits until each database's catalog was tried once, or the time is over.
  void wait_for_first_readings(std::chrono::milliseconds patience);
  [[nodiscard]] std::vector<DatabaseAlias> databases_down() const;  ///< not read yet, or closed because of the role
  [[nodiscard]] std::size_t role_findings() const;  ///< of all databases together
  /// Stops to watch the databases behind "*" that nobody has used since the call before, so that they can be dropped.
  /// The watchers' destructors may wait for a reading: call them where that does no harm.
  [[nodiscard]] std::vector<std::shared_ptr<CatalogWatcher>> take_unused();
  /// Ends all watching.
  void stop();

 private:
  struct Entry {
    std::shared_ptr<CatalogWatcher> watcher;
    std::uint64_t epoch = 0;  ///< of the watcher: what an exchanged one still publishes is dropped
    bool attempted = false;
    std::shared_ptr<const plan::Snapshot> snapshot;
    config::Upstream upstream;
    bool passed_on = false;   ///< by the entry "*"
    std::weak_ptr<const DatabaseAlias> use;  ///< of one that is passed on
    bool was_unused = false;
    bool fresh = false;       ///< its catalog was read since the first of its present users came
    RoleState role;
  };
  using Entries = std::map<DatabaseAlias, Entry>;
  static constexpr std::size_t kMaxPassedOn = 64;

  Status publish_catalog(const DatabaseAlias& database, std::uint64_t epoch, store::CatalogSource& source,
                         std::shared_ptr<const sql::Catalog> catalog);
  /// The entry of a database under a new configuration; without a snapshot.
  Entry next_entry(const config::Config& config, const DatabaseAlias& database, const Entry* before);
  void note_attempt(const DatabaseAlias& database, std::uint64_t epoch);
  std::shared_ptr<CatalogWatcher> start_watcher(const DatabaseAlias& database, const config::Upstream& upstream, std::uint64_t epoch);

  store::Store& store_;
  const CatalogWatcher::Intervals intervals_;
  std::mutex publishing_;       ///< held while something new is computed
  mutable std::mutex mutex_;    ///< held for moments, to read or exchange pointers
  std::condition_variable attempted_;
  std::shared_ptr<const config::Config> config_;
  std::shared_ptr<net::TlsServerContext> tls_;
  Entries entries_;
  std::atomic<std::uint64_t> epochs_{0};
};

}  // namespace sluice::control
