#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/analyse.h"
#include "sql/analysis.h"

namespace sluice::gateway {

/// What names mean in the session. PostgreSQL itself is asked for the search path in effect, when the
/// session begins and whenever it may have changed: no rule about SET LOCAL, savepoints and rollback is
/// repeated here.
class SessionNames {
 public:
  /// The question, and what to do with its single row.
  static constexpr std::string_view kQuestion =
      "SELECT pg_catalog.array_to_json(pg_catalog.current_schemas(false)), "
      "(SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())";
  /// Likewise, for whom nothing may change by being asked: current_schemas() makes the temporary schema if the path
  /// begins with it. Then there is no answer.
  static constexpr std::string_view kQuietQuestion =
      "SELECT CASE WHEN pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.=) 0::pg_catalog.oid "
      "AND pg_catalog.strpos(pg_catalog.current_setting('search_path'), 'pg_temp') OPERATOR(pg_catalog.>) 0 THEN NULL "
      "ELSE pg_catalog.array_to_json(pg_catalog.current_schemas(false)) END, "
      "(SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())";
  void answered(const std::vector<std::string>& row, const std::vector<std::string>& allowed_functions);

  [[nodiscard]] const sql::NameContext& current() const noexcept { return current_; }
  /// True: ask before the next statement is planned.
  [[nodiscard]] bool stale() const noexcept { return stale_; }
  /// True: the end of the transaction, or of a savepoint, may bring older meanings back.
  [[nodiscard]] bool changed_in_transaction() const noexcept { return changed_in_transaction_; }
  void mark_stale() noexcept { stale_ = unsure_ = true; }
  /// True: a name may mean something else than current() says, beyond what a change of the schema did to it.
  [[nodiscard]] bool unsure() const noexcept { return unsure_; }

  /// A statement has succeeded.
  void completed(const sql::Analysis& analysis);
  /// The upstream is idle outside a transaction.
  void idle();

 private:
  sql::NameContext current_;
  bool stale_ = true;
  bool unsure_ = true;
  bool changed_in_transaction_ = false;
};

}  // namespace sluice::gateway
