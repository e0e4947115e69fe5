#include "control/published_board.h"

#include <algorithm>
#include <utility>

#include "control/log.h"
#include "control/mask_check.h"
#include "store/tag_binding_store.h"

namespace sluice::control {
namespace {

const DatabaseAlias kBehindAny{config::kAny};

/// Once each, not with every version of the catalog.
void tell_notes(const DatabaseAlias& database, const policy::TagMap& tags, const plan::Snapshot* before) {
  for (const policy::TagNote& note : tags.notes()) {
    const bool known = before != nullptr && std::find(before->tags.notes().begin(), before->tags.notes().end(), note) != before->tags.notes().end();
    if (!known) log_warning("database \"" + database.text + "\": " + policy::to_text(note));
  }
}

/// What the tags denote must be on disk before anybody relies on it.
Result<std::shared_ptr<const plan::Snapshot>> make_snapshot(const std::shared_ptr<const config::Config>& config, const DatabaseAlias& database,
                                                            std::shared_ptr<const sql::Catalog> catalog, store::Store& store,
                                                            std::vector<store::OwnedTagBindings>& changed) {
  std::shared_ptr<const policy::Policy> policy(config, &config->policy);  // lives as long as the configuration
  const store::TagBindingOwner owner = store::owner_of_bindings(database, *catalog);
  SLUICE_TRY(known, store.use([&](const store::Database& open) { return store::load_tag_bindings(open, owner); }));
  const DatabaseAlias& tagged_as = config::is_passed_on(*config, database) ? kBehindAny : database;
  policy::TagMap tags = policy::TagMap::resolve(*policy, tagged_as, *catalog, known);
  if (tags.bindings() != known) changed.push_back({owner, tags.bindings()});
  const SnapshotVersions versions{catalog->version(), policy->version};
  return std::make_shared<const plan::Snapshot>(plan::Snapshot{std::move(catalog), std::move(policy), std::move(tags), versions});
}

Status save(store::Store& store, const std::vector<store::OwnedTagBindings>& changed) {
  if (changed.empty()) return Done{};
  return store.use([&](const store::Database& open) { return store::save_tag_bindings(open, changed); });
}

}  // namespace

PublishedBoard::~PublishedBoard() { stop(); }

std::shared_ptr<const config::Config> PublishedBoard::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

Result<std::shared_ptr<const plan::Snapshot>> PublishedBoard::snapshot(const DatabaseAlias& database) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(database);
  if (found == entries_.end()) return make_error(ErrorKind::unknown_database, "database \"" + database.text + "\" does not exist");
  if (found->second.snapshot == nullptr) {
    return make_error(ErrorKind::upstream_unavailable, "the upstream database is not available", "Try again later.");
  }
  if (found->second.role.refused) {
    return make_error(ErrorKind::upstream_unavailable, "the upstream database is not available",
                      "Its operator must take privileges from the role that the gateway uses there.");
  }
  return found->second.snapshot;
}

boost::asio::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> PublishedBoard::refresh(DatabaseAlias database) {
  std::shared_ptr<CatalogWatcher> watcher;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(database); found != entries_.end()) watcher = found->second.watcher;
  }
  if (watcher != nullptr) SLUICE_CO_CHECK(co_await watcher->refresh());
  co_return snapshot(database);
}

std::shared_ptr<CatalogWatcher> PublishedBoard::start_watcher(const DatabaseAlias& database, const config::Upstream& upstream,
                                                              std::uint64_t epoch) {
  return std::make_shared<CatalogWatcher>(
      database, upstream, store_,
      [this, database, epoch](store::CatalogSource& source, std::shared_ptr<const sql::Catalog> catalog) {
        return publish_catalog(database, epoch, source, std::move(catalog));
      },
      [this, database, epoch] { note_attempt(database, epoch); }, intervals_);
}

PublishedBoard::Entry PublishedBoard::next_entry(const config::Config& config, const DatabaseAlias& database, const Entry* before) {
  Entry entry;
  entry.upstream = *config::upstream_of(config, database);
  entry.passed_on = config::is_passed_on(config, database);
  if (before != nullptr && config::same_access(before->upstream, entry.upstream)) {
    entry.watcher = before->watcher;
    entry.epoch = before->epoch;
  } else {
    entry.epoch = ++epochs_;
  }
  return entry;
}

Status PublishedBoard::publish(std::shared_ptr<const config::Config> config, std::shared_ptr<net::TlsServerContext> tls) {
  Entries old;  // destroyed after the locks are given back: a watcher that ends waits for its reading
  {
    const std::lock_guard publishing(publishing_);
    Entries entries;
    Entries current;
    std::vector<store::OwnedTagBindings> changed;
    {
      const std::lock_guard lock(mutex_);
      current = entries_;
    }
    for (const auto& [database, upstream] : config->databases) {
      const auto before = current.find(database);
      entries[database] = next_entry(*config, database, before == current.end() ? nullptr : &before->second);
    }
    for (const auto& [database, before] : current) {
      if (before.passed_on && config::is_passed_on(*config, database)) entries[database] = next_entry(*config, database, &before);
      const auto entry = entries.find(database);
      // A new password or certificate changes nothing about the catalog: sessions go on with what was read.
      if (entry == entries.end() || before.snapshot == nullptr || !config::same_place(before.upstream, entry->second.upstream)) continue;
      SLUICE_TRY(snapshot, make_snapshot(config, database, before.snapshot->catalog, store_, changed));
      tell_notes(database, snapshot->tags, before.snapshot.get());
      entry->second.snapshot = std::move(snapshot);
      entry->second.role = before.role;
      store::CatalogSource source(entry->second.upstream);
      // An upstream that cannot be asked now is asked by its watcher.
      if (auto role = check_role(source, *config, database, *entry->second.snapshot); role.ok()) {
        tell_role(database, *role, before.role);
        entry->second.role = std::move(*role);
      }
    }
    SLUICE_CHECK(save(store_, changed));
    current.clear();
    const std::lock_guard lock(mutex_);
    // What became of the entries meanwhile, and those that sessions added.
    for (const auto& [database, before] : entries_) {
      if (before.passed_on && !entries.contains(database) && config::is_passed_on(*config, database)) {
        entries[database] = next_entry(*config, database, &before);
      }
      const auto entry = entries.find(database);
      if (entry == entries.end()) continue;
      entry->second.use = before.use;
      entry->second.fresh = before.fresh;
      if (before.epoch == entry->second.epoch) entry->second.attempted = before.attempted;
    }
    old = std::exchange(entries_, std::move(entries));
    config_ = config;
    tls_ = std::move(tls);
    // Only now, since a watcher publishes as soon as it has read.
    for (auto& [database, entry] : entries_) {
      if (entry.watcher == nullptr) entry.watcher = start_watcher(database, entry.upstream, entry.epoch);
    }
    generation_.fetch_add(1, std::memory_order_release);
  }
  return Done{};
}

std::shared_ptr<net::TlsServerContext> PublishedBoard::tls() const {
  const std::lock_guard lock(mutex_);
  return tls_;
}

boost::asio::awaitable<Result<DatabaseUse>> PublishedBoard::open(DatabaseAlias database) {
  auto use = std::make_shared<const DatabaseAlias>(database);
  std::shared_ptr<CatalogWatcher> watcher;
  {
    const std::lock_guard lock(mutex_);
    auto found = entries_.find(database);
    if (found == entries_.end()) {
      if (!config::is_passed_on(*config_, database)) {
        co_return make_error(ErrorKind::unknown_database, "database \"" + database.text + "\" does not exist");
      }
      const auto passed_on = std::count_if(entries_.begin(), entries_.end(), [](const auto& item) { return item.second.passed_on; });
      if (static_cast<std::size_t>(passed_on) >= kMaxPassedOn) {
        co_return make_error(ErrorKind::too_many_connections, "too many databases are in use at the same time", "Try again later.");
      }
      found = entries_.emplace(database, next_entry(*config_, database, nullptr)).first;
      found->second.watcher = start_watcher(database, found->second.upstream, found->second.epoch);
    }
    Entry& entry = found->second;
    if (!entry.passed_on) co_return use;
    if (DatabaseUse shared = entry.use.lock()) {
      use = std::move(shared);
    } else {
      entry.use = use;
      entry.fresh = false;  // it may be another database by now
    }
    if (entry.fresh && entry.snapshot != nullptr) co_return use;
    watcher = entry.watcher;
  }
  SLUICE_CO_CHECK(co_await watcher->refresh());
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(database); found != entries_.end()) found->second.fresh = true;
  co_return use;
}

std::vector<std::shared_ptr<CatalogWatcher>> PublishedBoard::take_unused() {
  std::vector<std::shared_ptr<CatalogWatcher>> unused;
  const std::lock_guard lock(mutex_);
  for (auto item = entries_.begin(); item != entries_.end();) {
    Entry& entry = item->second;
    if (entry.passed_on && entry.use.expired() && std::exchange(entry.was_unused, true)) {
      unused.push_back(std::move(entry.watcher));
      item = entries_.erase(item);
    } else {
      if (!entry.use.expired()) entry.was_unused = false;
      ++item;
    }
  }
  return unused;
}

Status PublishedBoard::publish_catalog(const DatabaseAlias& database, std::uint64_t epoch, store::CatalogSource& source,
                                       std::shared_ptr<const sql::Catalog> catalog) {
  const std::lock_guard publishing(publishing_);
  const auto current = config();
  Entry entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(database);
    if (found == entries_.end() || found->second.epoch != epoch) return Done{};
    entry.snapshot = found->second.snapshot;
    entry.role = found->second.role;
  }
  std::shared_ptr<const plan::Snapshot> snapshot = entry.snapshot;
  if (catalog != nullptr) {
    std::vector<store::OwnedTagBindings> changed;
    SLUICE_TRY(made, make_snapshot(current, database, std::move(catalog), store_, changed));
    SLUICE_CHECK(save(store_, changed));
    tell_notes(database, made->tags, entry.snapshot.get());
    for (const std::string& text : check_masks(source, *made)) log_error("database \"" + database.text + "\": " + text);
    log_info("database \"" + database.text + "\": catalog version " + std::to_string(made->versions.catalog) + " is in effect");
    snapshot = std::move(made);
  }
  if (snapshot == nullptr) return Done{};
  SLUICE_TRY(role, check_role(source, *current, database, *snapshot));
  tell_role(database, role, entry.role);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(database);
  if (found == entries_.end() || found->second.epoch != epoch) return Done{};
  if (found->second.snapshot == snapshot && found->second.role.refused == role.refused) {
    found->second.role = std::move(role);
    return Done{};  // nothing that a session would have to look at
  }
  found->second.snapshot = std::move(snapshot);
  found->second.role = std::move(role);
  generation_.fetch_add(1, std::memory_order_release);
  return Done{};
}

std::vector<std::string> PublishedBoard::objections(const std::shared_ptr<const config::Config>& config) {
  Entries current;
  {
    const std::lock_guard lock(mutex_);
    current = entries_;
  }
  std::vector<std::string> texts;
  for (const auto& [database, upstream] : config->databases) {
    const auto entry = current.find(database);
    const bool open = entry != current.end() && entry->second.snapshot != nullptr && !entry->second.role.refused;
    if (!open || !config::same_place(entry->second.upstream, upstream)) continue;
    std::vector<store::OwnedTagBindings> changed;
    const auto snapshot = make_snapshot(config, database, entry->second.snapshot->catalog, store_, changed);
    store::CatalogSource source(upstream);
    if (snapshot.ok()) {
      for (const std::string& text : check_masks(source, **snapshot)) texts.push_back("database \"" + database.text + "\": " + text);
    }
    const auto role = snapshot.ok() ? check_role(source, *config, database, **snapshot) : Result<RoleState>(snapshot.error());
    if (!role.ok() || !role->refused) continue;
    for (const policy::RoleFinding& finding : role->findings) {
      if (finding.grave) texts.push_back("database \"" + database.text + "\": " + finding.text);
    }
  }
  return texts;
}

void PublishedBoard::note_attempt(const DatabaseAlias& database, std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(database);
  if (found != entries_.end() && found->second.epoch == epoch) found->second.attempted = true;
  attempted_.notify_all();
}

void PublishedBoard::wait_for_first_readings(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  attempted_.wait_for(lock, patience, [&] {
    return std::all_of(entries_.begin(), entries_.end(), [](const auto& item) { return item.second.attempted; });
  });
}

std::vector<DatabaseAlias> PublishedBoard::databases_down() const {
  const std::lock_guard lock(mutex_);
  std::vector<DatabaseAlias> down;
  for (const auto& [database, entry] : entries_) {
    if ((entry.snapshot == nullptr && !entry.passed_on) || entry.role.refused) down.push_back(database);
  }
  return down;
}

std::size_t PublishedBoard::role_findings() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& entry : entries_) count += entry.second.role.findings.size();
  return count;
}

void PublishedBoard::stop() {
  std::vector<std::shared_ptr<CatalogWatcher>> watchers;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [database, entry] : entries_) {
      if (entry.watcher != nullptr) watchers.push_back(std::move(entry.watcher));
    }
  }
  for (const auto& watcher : watchers) watcher->stop();
}

}  // namespace sluice::control
