#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// No relation of a database has an oid up there: they stand for columns of a recursive WITH query that
// are not known yet.
constexpr Oid kFirstPlaceholder = 0xFFFF0000u;

}  // namespace

// A WITH query sees the ones before it; under RECURSIVE all of its clause, which are then analysed as
// they are asked for.
void QueryAnalyser::with_clause(const WithClause* with, Scope& scope) {
  if (with == nullptr) return;
  const auto definitions = elements<CommonTableExpr>(with->ctes);
  std::vector<CommonTable*> tables;
  for (const CommonTableExpr* definition : definitions) {
    const std::string_view name = text_of(definition->ctename);
    work_ += tables.size();
    for (const CommonTable* other : tables) {
      if (other->name != name) continue;
      fail(make_error(ErrorKind::duplicate_alias, "WITH query name \"" + std::string(name) + "\" specified more than once"),
           definition->location);
    }
    CommonTable& table = common_tables_.emplace_back();
    table.name = name;
    table.definition = definition;
    table.recursive = with->recursive;
    tables.push_back(&table);
    if (!enter(definition->location)) return;
  }
  if (with->recursive) {
    scope.common_tables = tables;
    for (CommonTable* table : tables) analyse_common_table(*table, scope);
  } else {
    for (CommonTable* table : tables) {
      analyse_common_table(*table, scope);
      scope.common_tables.push_back(table);
    }
  }
}

const DerivedColumns* QueryAnalyser::common_table(std::string_view name, Scope& scope, int location) {
  for (Scope* level = &scope; level != nullptr; level = level->parent) {
    for (CommonTable* table : level->common_tables) {
      ++work_;
      if (table->name != name) continue;
      if (table->state == CommonTable::State::untouched) analyse_common_table(*table, *level);
      if (table->state == CommonTable::State::done) return &table->columns;
      if (!table->self_known) {
        invalid_recursion(*table, *level, location);
        return &table->columns;
      }
      return &table->self_columns;
    }
  }
  return nullptr;
}

void QueryAnalyser::analyse_common_table(CommonTable& table, Scope& owner) {
  const Depth deeper(depth_);
  if (!enter(table.definition->location) || table.state != CommonTable::State::untouched) return;
  table.state = CommonTable::State::in_progress;
  const CommonTableExpr& definition = *table.definition;
  const Node* node = definition.ctequery;
  const bool may_recurse = table.recursive && IsA(node, SelectStmt) && as<SelectStmt>(node).op == SETOP_UNION;
  if (may_recurse) {
    recursive_common_table(table, as<SelectStmt>(node), owner);
  } else {
    table.columns = query(node, &owner, bit(Use::output)).columns;
    rename_columns(definition.aliascolnames, table.columns);
  }
  search_and_cycle(definition, table, owner);
  for (DerivedColumn& column : table.columns) column.origin = nullptr;
  table.state = CommonTable::State::done;
}

// Under RECURSIVE the right operand of UNION may name the query itself: it then sees columns whose flows
// are placeholders, replaced by the real ones once both operands are known.
void QueryAnalyser::recursive_common_table(CommonTable& table, const SelectStmt& union_, Scope& owner) {
  Scope scope(&owner);
  with_clause(union_.withClause, scope);
  table.columns = select(*union_.larg, &scope, bit(Use::output)).columns;
  rename_columns(table.definition->aliascolnames, table.columns);
  if (failed()) return;

  table.placeholder = kFirstPlaceholder + next_placeholder_++;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const ColumnId placeholder{table.placeholder, static_cast<std::int16_t>(i + 1)};
    table.self_columns.push_back({table.columns[i].name, {{placeholder, FlowKind::copied}}, nullptr, 0});
  }
  // The columns of SEARCH and CYCLE can be named in the recursive term already.
  const auto add_computed = [&](const List* from, std::initializer_list<const char*> names) {
    Flow flow;
    for (const Node* name : elements(from)) {
      const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const DerivedColumn& c) { return c.name == text_of(name); });
      if (found == table.columns.end()) continue;  // an error, later
      flow.push_back({{table.placeholder, static_cast<std::int16_t>(found - table.columns.begin() + 1)}, FlowKind::derived});
    }
    for (const char* name : names) table.self_columns.push_back({text_of(name), flow, nullptr, 0, {}, true});
  };
  if (const CTESearchClause* search = table.definition->search_clause) add_computed(search->search_col_list, {search->search_seq_column});
  if (const CTECycleClause* cycle = table.definition->cycle_clause) {
    add_computed(cycle->cycle_col_list, {cycle->cycle_mark_column, cycle->cycle_path_column});
  }
  table.self_known = true;
  const std::size_t first_use = uses_.size();
  const QueryResult right = select(*union_.rarg, &scope, bit(Use::output));
  if (failed()) return;
  if (right.columns.size() != table.columns.size()) {
    return fail(make_error(ErrorKind::syntax_error, "each UNION query must have the same number of columns"));
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    table.columns[i].plain = {};
    Flow& flow = table.columns[i].flow;
    flow.insert(flow.end(), right.columns[i].flow.begin(), right.columns[i].flow.end());
    normalise(flow);
  }
  replace_placeholders(table, first_use);
  if (!union_.all) {
    for (const DerivedColumn& column : table.columns) use_flow(column.flow, bit(Use::grouping));
  }
  order_clause(union_.sortClause, nullptr, table.columns, Use::ordering);
  QueryResult bounded;
  limit(union_, scope, bounded);
  locking(union_, scope);
}

// Which rule of PostgreSQL the reference breaks: the query was begun, and its columns are not known yet.
void QueryAnalyser::invalid_recursion(const CommonTable& table, const Scope& level, int location) {
  const std::string query = "\"" + std::string(table.name) + "\"";
  const auto in_progress = [](const CommonTable* other) { return other->state == CommonTable::State::in_progress; };
  if (std::count_if(level.common_tables.begin(), level.common_tables.end(), in_progress) > 1) {
    return fail(make_error(ErrorKind::not_supported, "mutual recursion between WITH items is not implemented"), table.definition->location);
  }
  const Node* node = table.definition->ctequery;
  if (IsA(node, SelectStmt) && as<SelectStmt>(node).op == SETOP_UNION) {
    return fail(make_error(ErrorKind::syntax_error, "recursive reference to query " + query + " must not appear within its non-recursive term"), location);
  }
  fail(make_error(ErrorKind::syntax_error, "recursive query " + query + " does not have the form non-recursive-term UNION [ALL] recursive-term"),
       table.definition->location);
}

// SEARCH and CYCLE add columns that are computed from those that they name.
void QueryAnalyser::search_and_cycle(const CommonTableExpr& definition, CommonTable& table, Scope& owner) {
  if (failed()) return;
  const auto gather = [&](const List* names, const char* clause, int location) {
    Flow flow;
    for (const Node* name : elements(names)) {
      const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const DerivedColumn& c) { return c.name == text_of(name); });
      if (found == table.columns.end()) {
        fail(make_error(ErrorKind::syntax_error, std::string(clause) + " column \"" + std::string(text_of(name)) + "\" not in WITH query column list"), location);
        return flow;
      }
      for (const FlowSource& source : found->flow) flow.push_back({source.column, std::max(source.kind, FlowKind::derived)});
    }
    normalise(flow);
    use_flow(flow, bit(Use::ordering));
    return flow;
  };
  DerivedColumns added;
  if (const CTESearchClause* search = definition.search_clause) {
    added.push_back({text_of(search->search_seq_column), gather(search->search_col_list, "search", search->location), nullptr, 0});
  }
  if (const CTECycleClause* cycle = definition.cycle_clause) {
    check_implied_equality(cycle->location);
    Flow flow = gather(cycle->cycle_col_list, "cycle", cycle->location);
    const Reading reading{bit(Use::output), FlowKind::derived, &flow};
    expression(cycle->cycle_mark_value, owner, reading);
    expression(cycle->cycle_mark_default, owner, reading);
    normalise(flow);
    added.push_back({text_of(cycle->cycle_mark_column), flow, nullptr, 0});
    added.push_back({text_of(cycle->cycle_path_column), std::move(flow), nullptr, 0});
  }
  table.columns.insert(table.columns.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
}

void QueryAnalyser::rename_columns(const List* names, DerivedColumns& columns) {
  const auto view = elements(names);
  if (view.size() > columns.size()) {
    return fail(make_error(ErrorKind::undefined_column, "WITH query has " + std::to_string(columns.size()) +
                                                            " columns available but " + std::to_string(view.size()) +
                                                            " columns specified"));
  }
  for (std::size_t i = 0; i < view.size(); ++i) columns[i].name = text_of(view[i]);
}

void QueryAnalyser::replace_placeholders(CommonTable& table, std::size_t first_use) {
  // What flows into a column through others, until nothing new comes.
  for (bool changed = true; changed && !failed();) {
    changed = false;
    for (DerivedColumn& column : table.columns) {
      Flow more = column.flow;
      for (const FlowSource& source : column.flow) {
        if (source.column.relation != table.placeholder) continue;
        for (const FlowSource& inner : table.columns[static_cast<std::size_t>(source.column.attribute) - 1].flow) {
          more.push_back({inner.column, std::max(inner.kind, source.kind)});
        }
      }
      work_ += more.size();
      normalise(more);
      if (!enter(-1)) return;
      if (more.size() != column.flow.size()) {
        column.flow = std::move(more);
        changed = true;
      }
    }
  }
  for (DerivedColumn& column : table.columns) {
    std::erase_if(column.flow, [&](const FlowSource& s) { return s.column.relation == table.placeholder; });
  }
  std::vector<ColumnUse> pending;
  for (std::size_t i = first_use; i < uses_.size(); ++i) {
    if (uses_[i].column.relation == table.placeholder) pending.push_back(uses_[i]);
  }
  std::erase_if(uses_, [&](const ColumnUse& use) { return use.column.relation == table.placeholder; });
  std::sort(pending.begin(), pending.end());
  pending.erase(std::unique(pending.begin(), pending.end()), pending.end());
  for (const ColumnUse& use : pending) {
    use_flow(table.columns[static_cast<std::size_t>(use.column.attribute) - 1].flow, bit(use.use));
  }
}

}  // namespace sluice::sql
