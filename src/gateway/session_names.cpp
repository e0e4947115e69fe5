#include "gateway/session_names.h"

#include <nlohmann/json.hpp>
#include <variant>

namespace sluice::gateway {

namespace {
bool may_change_search_path(const sql::Analysis& analysis) {
  if (const auto* setting = std::get_if<sql::SettingChange>(&analysis.session_change)) {
    return setting->name.empty() || setting->name == "search_path";
  }
  if (const auto* discard = std::get_if<sql::DiscardChange>(&analysis.session_change)) return discard->all || discard->temporary;
  return false;
}
}  // namespace

void SessionNames::answered(const std::vector<std::string>& row, const std::vector<std::string>& allowed_functions) {
  stale_ = unsure_ = false;
  current_.search_path.clear();
  if (row.size() != 2) return;
  const auto schemas = nlohmann::json::parse(row[0], nullptr, false);
  if (schemas.is_array()) {
    for (const auto& schema : schemas) {
      if (schema.is_string()) current_.search_path.push_back(schema.get<std::string>());
    }
  }
  current_.temporary_schema = row[1];
  current_.allowed_functions = allowed_functions;
}

void SessionNames::completed(const sql::Analysis& analysis) {
  switch (analysis.kind) {
    case sql::StatementKind::rollback:
    case sql::StatementKind::rollback_to_savepoint:
    case sql::StatementKind::commit:
      stale_ = stale_ || changed_in_transaction_;
      unsure_ = unsure_ || changed_in_transaction_;
      return;
    default:
      break;
  }
  // A new schema can be one that the path names already; a first temporary table makes the temporary schema.
  const bool changes_code = analysis.changes_catalog && analysis.kind != sql::StatementKind::create_temporary;
  if (changes_code || !analysis.unknown_code.empty() || analysis.kind == sql::StatementKind::unknown) current_.schema_changed = true;
  // What code does, nobody knows.
  const bool opaque = analysis.kind == sql::StatementKind::unknown || analysis.kind == sql::StatementKind::function_call ||
                      analysis.kind == sql::StatementKind::code;
  if (opaque || may_change_search_path(analysis) || analysis.kind == sql::StatementKind::create_temporary) unsure_ = true;
  if (opaque || may_change_search_path(analysis) || analysis.changes_catalog || analysis.kind == sql::StatementKind::create_temporary) {
    stale_ = true;
    changed_in_transaction_ = true;
  }
}

void SessionNames::idle() {
  // SET LOCAL ends with its transaction, and so does all else if it failed.
  stale_ = stale_ || changed_in_transaction_;
  unsure_ = unsure_ || changed_in_transaction_;
  changed_in_transaction_ = false;
  current_.schema_changed = false;
}

}  // namespace sluice::gateway
