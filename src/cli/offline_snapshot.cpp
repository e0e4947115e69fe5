#include "cli/offline_snapshot.h"

#include <utility>

#include "store/catalog_source.h"

namespace sluice::cli {

Result<plan::Snapshot> offline_snapshot(const config::Config& config, const DatabaseAlias& database) {
  const auto upstream = config.databases.find(database);
  if (upstream == config.databases.end()) {
    return make_error(ErrorKind::unknown_database, "the configuration has no database \"" + database.text + "\"");
  }
  store::CatalogSource source(upstream->second);
  auto reading = source.read({}, [](const std::string&) -> Result<std::uint64_t> { return std::uint64_t{1}; });
  if (!reading.ok()) {
    Error error = std::move(reading).error();
    if (!source.last_failure().empty()) error.message += ": " + source.last_failure();
    return error;
  }
  plan::Snapshot snapshot;
  snapshot.catalog = reading->catalog;
  snapshot.policy = std::make_shared<policy::Policy>(config.policy);
  snapshot.tags = policy::TagMap::resolve(config.policy, database, *snapshot.catalog);
  snapshot.versions = {1, 1};
  return snapshot;
}

}  // namespace sluice::cli
