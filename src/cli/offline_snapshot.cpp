#include "cli/offline_snapshot.h"

#include <filesystem>
#include <utility>

#include "store/catalog_source.h"
#include "store/tag_binding_store.h"

namespace sluice::cli {
namespace {

/// What the gateway has seen so far; nothing if it never ran.
Result<policy::TagBindings> known_bindings(const config::Config& config, const DatabaseAlias& alias, const sql::Catalog& catalog) {
  if (!std::filesystem::exists(config.store_path)) return policy::TagBindings{};
  SLUICE_TRY(database, store::Database::open(config.store_path, store::OpenMode::read_only));
  SLUICE_TRY(tables, database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tag_bindings'"));
  SLUICE_TRY(found, tables.step());
  if (!found) return policy::TagBindings{};  // of an older version
  return store::load_tag_bindings(database, store::owner_of_bindings(alias, catalog));
}

}  // namespace

Result<plan::Snapshot> offline_snapshot(const config::Config& config, const DatabaseAlias& database) {
  const auto upstream = config::upstream_of(config, database);
  if (!upstream) {
    return make_error(ErrorKind::unknown_database, "the configuration has no database \"" + database.text + "\"");
  }
  store::CatalogSource source(*upstream);
  auto reading = source.read({}, [](const std::string&) -> Result<std::uint64_t> { return std::uint64_t{1}; });
  if (!reading.ok()) {
    Error error = std::move(reading).error();
    if (!source.last_failure().empty()) error.message += ": " + source.last_failure();
    return error;
  }
  plan::Snapshot snapshot;
  snapshot.catalog = reading->catalog;
  snapshot.policy = std::make_shared<policy::Policy>(config.policy);
  SLUICE_TRY(known, known_bindings(config, database, *snapshot.catalog));
  const DatabaseAlias tagged_as = config::is_passed_on(config, database) ? DatabaseAlias{config::kAny} : database;
  snapshot.tags = policy::TagMap::resolve(config.policy, tagged_as, *snapshot.catalog, known);
  snapshot.versions = {1, 1};
  return snapshot;
}

}  // namespace sluice::cli
