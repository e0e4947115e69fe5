// Calls of functions outside pg_catalog, and code that hangs on relations: what it does is what the statement does.

#include <algorithm>

#include "sql/catalog.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

constexpr char kProcedure = 'p';

bool is_row(std::string_view name) { return name == "new" || name == "old"; }

/// NEW or OLD, and the field of it, if it is a plain one.
std::optional<std::pair<std::string_view, std::string_view>> row_field(const Node* node) {
  if (node == nullptr || !IsA(node, ColumnRef)) return std::nullopt;
  const auto fields = elements(as<ColumnRef>(node).fields);
  if (fields.size() > 2 || !IsA(fields.front(), String) || !is_row(text_of(fields.front()))) return std::nullopt;
  if (fields.size() == 1 || IsA(fields.back(), A_Star)) return std::pair(text_of(fields.front()), std::string_view());
  return std::pair(text_of(fields.front()), text_of(fields.back()));
}

}  // namespace

bool QueryAnalyser::allowed(const std::string& function) const {
  return std::find(names_.allowed_functions.begin(), names_.allowed_functions.end(), function) != names_.allowed_functions.end();
}

/// Overloads that could be meant by their number of arguments; an empty schema: of any.
std::vector<const Routine*> QueryAnalyser::candidates(const FuncCall& call, std::string_view schema, std::string_view name) const {
  const StoredCode& code = catalog_.code();
  auto found = schema.empty() ? code.routines(name) : code.routines(schema, name);
  const std::size_t count = elements(call.args).size() + (call.agg_within_group ? elements(call.agg_order).size() : 0);
  std::erase_if(found, [&](const Routine* routine) { return routine->kind != kProcedure && !call.func_variadic && !routine->takes(count); });
  return found;
}

/// The first function that it runs of which only the policy could say what it does, and does not; empty: none.
std::string QueryAnalyser::unlisted(const Routine& routine) const {
  if (allowed(routine.full_name())) return {};
  if (names_.schema_changed) return routine.full_name();
  const auto& unknown = routine.effect.unknown;
  const auto found = std::find_if(unknown.begin(), unknown.end(), [&](const std::string& function) { return !allowed(function); });
  return found == unknown.end() ? std::string() : *found;
}

void QueryAnalyser::call(const Routine& routine, int location, const Reading* reading) {
  if (code_ != nullptr) {
    code_->calls.push_back(routine.oid);
    return;
  }
  const std::string name = routine.full_name();
  if (allowed(name)) {
    runs_listed_code_ = true;
    return;
  }
  if (const std::string unknown = unlisted(routine); !unknown.empty()) {
    std::string hint = unknown == name ? "The policy does not list it" : "It runs " + unknown + ", which the policy does not list";
    if (names_.schema_changed) hint += ", and this transaction has changed the schema";
    if (unknown == name && !routine.obstacle.empty()) hint += ", and it " + routine.obstacle;
    return fail(make_error(ErrorKind::denied, "permission denied for function " + routine.name, hint + "."), location);
  }
  apply(routine.name, routine.effect, location, reading);
}

// The statement needs the grants for what the code does, and must not be told what is masked for it.
void QueryAnalyser::apply(const std::string& name, const CodeEffect& effect, int location, const Reading* reading) {
  if (effect.empty()) return;
  relations_.insert(relations_.end(), effect.relations.begin(), effect.relations.end());
  actions_ |= effect.actions;
  for (const ColumnId column : effect.reads) {
    uses_.push_back({column, Use::stored_code});
    if (reading != nullptr && reading->flow != nullptr) reading->flow->push_back({column, FlowKind::derived});
  }
  for (const CodeWrite& write : effect.writes) uses_.push_back({write.column, Use::write_target});
  work_ += effect.reads.size() + effect.writes.size() + effect.relations.size();
  sites_.code.push_back({name, &effect, location, false});
}

// What hangs on a table is part of it: it needs no grants of its own.
void QueryAnalyser::set_off(const Relation& relation, CodeEvent event) {
  if (code_ != nullptr) {
    code_->sets_off.emplace_back(relation.oid, event);
    return;
  }
  if (names_.schema_changed && event != CodeEvent::read && !relation.schema.starts_with("pg_temp")) {
    unknown_code_.push_back("what this transaction has changed");
  }
  set_off_roots(relation.oid, event);
}

// Event triggers.
void QueryAnalyser::set_off_definition() {
  if (code_ == nullptr) set_off_roots(0, CodeEvent::insert);
}

void QueryAnalyser::set_off_roots(Oid relation, CodeEvent event) {
  for (const CodeRoot& root : catalog_.code().set_off(relation, event)) {
    if (allowed(root.name)) {
      runs_listed_code_ = true;
      continue;
    }
    const std::size_t known = unknown_code_.size();
    for (const std::string& unknown : root.effect.unknown) {
      if (!allowed(unknown)) unknown_code_.push_back(unknown);
    }
    for (const ColumnId column : root.effect.reads) uses_.push_back({column, Use::stored_code});
    for (const CodeWrite& write : root.effect.writes) uses_.push_back({write.column, Use::stored_code});
    work_ += root.effect.reads.size() + root.effect.writes.size() + 1;
    sites_.code.push_back({root.name, &root.effect, -1, unknown_code_.size() > known});
  }
}

// A name that nothing in the query has, within code that has variables.
bool QueryAnalyser::is_variable(const ColumnRef& reference, Scope& scope) {
  const auto fields = elements(reference.fields);
  if (!IsA(fields.front(), String)) return false;
  const std::string_view first = text_of(fields.front());
  if (fields.size() == 1) {
    return !resolve_column(first, scope, reference.location, false) && !failed() && !resolve_item({}, first, scope, reference.location);
  }
  const auto row = resolve_item({}, first, scope, reference.location);
  if (failed()) return false;
  if (row) {
    Reference column{row->item, row->scope, 0, 0, false};
    return fields.size() == 2 && IsA(fields.back(), String) && !find_in_item(*row->item, text_of(fields.back()), column);
  }
  if (fields.size() == 2 || !IsA(fields[1], String)) return true;
  return !resolve_item(first, text_of(fields[1]), scope, reference.location);
}

QueryAnalyser::Reference QueryAnalyser::note_variable(const ColumnRef& reference, Scope& scope) {
  const auto fields = elements(reference.fields);
  // Or a function of a row of the query: t.f is f(t).
  if (fields.size() == 2 && IsA(fields[1], String) && resolve_item({}, text_of(fields[0]), scope, -1)) {
    call_by_notation(text_of(fields[1]), scope, {0, FlowKind::derived, nullptr});
  }
  if (is_row(text_of(fields.front()))) {
    if (fields.size() == 1 || IsA(fields[1], A_Star)) code_->whole_row = true;
    else code_->row_fields.emplace_back(text_of(fields[1]));
  }
  return {&variable_, &scope, kWholeRow, 0, false};
}

// NEW.x IS DISTINCT FROM OLD.x: where x cannot be changed, the answer does not tell of it.
bool QueryAnalyser::compares_rows(const A_Expr& expression, Scope& scope) {
  if (expression.kind != AEXPR_DISTINCT && expression.kind != AEXPR_NOT_DISTINCT) return false;
  const auto left = row_field(expression.lexpr);
  const auto right = row_field(expression.rexpr);
  if (!left || !right || left->first == right->first || left->second != right->second) return false;
  if (!is_variable(as<ColumnRef>(expression.lexpr), scope) || !is_variable(as<ColumnRef>(expression.rexpr), scope)) return false;
  if (left->second.empty()) code_->compares_rows = true;
  else code_->compared_fields.emplace_back(left->second);
  check_operator(expression.name, expression.location);
  return true;
}

// The columns that a function in FROM has; empty: one, named after it. Nothing: they cannot be told.
std::optional<std::vector<std::string_view>> QueryAnalyser::result_columns(const FuncCall& call) {
  const auto parts = elements(call.funcname);
  const std::string_view name = text_of(parts.back());
  std::vector<const Routine*> found;
  if (parts.size() == 2) {
    found = candidates(call, text_of(parts.front()), name);
  } else {
    for (const std::string& schema : names_.search_path) {
      const auto more = candidates(call, schema, name);
      found.insert(found.end(), more.begin(), more.end());
    }
    if (any_schema_) found = candidates(call, {}, name);
  }
  std::optional<std::vector<std::string_view>> columns;
  for (const Routine* routine : found) {
    if (routine->polymorphic || routine->arguments < 0) return std::nullopt;
    std::vector<std::string_view> own(routine->result_columns.begin(), routine->result_columns.end());
    const Relation* row = routine->result_relation == 0 ? nullptr : catalog_.relation(routine->result_relation);
    if (routine->result_relation != 0 && row == nullptr) return std::nullopt;
    if (row != nullptr) {
      for (const Column& column : row->columns) own.push_back(column.name);
    }
    if (columns && *columns != own) return std::nullopt;
    columns = std::move(own);
  }
  return columns;
}

}  // namespace sluice::sql
