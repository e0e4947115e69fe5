#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "sql/catalog.h"

struct pg_conn;
struct pg_result;

namespace sluice::store {

/// Reads the catalog of one upstream database over a connection of its own, which it keeps open between
/// readings. Blocks; one thread at a time. Every failure is upstream_unavailable with a text fit for
/// agents; last_failure() has the words for our own log, which never hold a password.
class CatalogSource {
 public:
  explicit CatalogSource(config::Upstream upstream);
  ~CatalogSource();
  CatalogSource(const CatalogSource&) = delete;
  CatalogSource& operator=(const CatalogSource&) = delete;

  /// A cheap look at the server's counters: false if nothing has changed in the catalog since the last call.
  /// True also when in doubt. The counters may be about 10 s late, and a server can be told not to count:
  /// read the fingerprint from time to time whatever they say.
  [[nodiscard]] Result<bool> may_have_changed();

  /// Says which version number a catalog with this fingerprint gets.
  using VersionOf = std::function<Result<std::uint64_t>(const std::string& fingerprint)>;
  struct Reading {
    std::string fingerprint;                      ///< changes with every change of the catalog that we look at
    std::shared_ptr<const sql::Catalog> catalog;  ///< null if the fingerprint is `known`
  };
  [[nodiscard]] Result<Reading> read(const std::string& known, const VersionOf& version_of);

  /// The rows of one question of our own; NULL as "".
  [[nodiscard]] Result<std::vector<std::vector<std::string>>> ask(const std::string& sql);

  [[nodiscard]] const std::string& last_failure() const noexcept { return last_failure_; }

 private:
  struct ResultDeleter {
    void operator()(pg_result* result) const;
  };
  using Rows = std::unique_ptr<pg_result, ResultDeleter>;

  Status connect();
  Error fail(const std::string& what);
  Result<Rows> query(const char* sql);
  Result<std::string> read_text(const char* sql);
  Result<Reading> read_in_transaction(const std::string& known, const VersionOf& version_of);
  Result<std::shared_ptr<const sql::Catalog>> load(std::uint64_t version);
  void disconnect();

  config::Upstream upstream_;
  pg_conn* connection_ = nullptr;
  std::string counters_;
  std::string last_failure_;
};

}  // namespace sluice::store
