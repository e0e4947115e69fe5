#include <algorithm>

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

namespace {

// The one enum of the tree that libpg_query numbers otherwise than PostgreSQL's headers: 0 no limit,
// 1 LIMIT_OPTION_COUNT, 2 LIMIT_OPTION_WITH_TIES.
constexpr int kLimitWithoutTies = 1;

// TABLE t is SELECT * FROM t but for the star, which stands nowhere in the text.
bool is_table_command(const SelectStmt& select) {
  const auto targets = elements<ResTarget>(select.targetList);
  return targets.size() == 1 && targets.front()->val != nullptr && IsA(targets.front()->val, ColumnRef) &&
         as<ColumnRef>(targets.front()->val).location < 0;
}

}  // namespace

QueryResult QueryAnalyser::select(const SelectStmt& select, Scope* parent, UseBits uses) {
  const Depth deeper(depth_);
  if (!enter(-1)) return {};
  Scope scope(parent);
  with_clause(select.withClause, scope);
  if (select.op != SETOP_NONE) return set_operation(select, scope, uses);
  if (select.valuesLists != nullptr) return values(select, scope, uses);
  return simple_select(select, scope, uses);
}

QueryResult QueryAnalyser::simple_select(const SelectStmt& select, Scope& scope, UseBits uses) {
  GroupNotes used;
  GroupNotes grouped;
  if (select.groupClause != nullptr) scope.group = &used;
  const std::size_t first_site = sites_.relations.size();
  from_clause(select.fromClause, scope);
  if (is_table_command(select) && sites_.relations.size() > first_site) sites_.relations.back().table_command = true;
  scope.aggregates = false;
  scope.set_functions = false;

  QueryResult result;
  result.columns = target_list(select.targetList, scope, uses);
  if (select.whereClause != nullptr) expression(select.whereClause, scope, {bit(Use::predicate), FlowKind::derived, nullptr});
  if (select.havingClause != nullptr) expression(select.havingClause, scope, {bit(Use::predicate), FlowKind::derived, nullptr});
  for (const WindowDef* definition : elements<WindowDef>(select.windowClause)) window(*definition, scope, 0);
  group_clause(select, scope, result.columns, grouped);
  order_clause(select.sortClause, &scope, result.columns, Use::ordering);
  for (const Node* element : elements(select.distinctClause)) {
    if (element == nullptr) {  // DISTINCT without ON
      for (const DerivedColumn& column : result.columns) use_flow(column.flow, bit(Use::grouping));
    } else {
      clause_element(element, &scope, result.columns, Use::grouping, false, nullptr);
    }
  }
  note_grouping(select, grouped, used);

  const bool one_row = select.groupClause == nullptr && (scope.aggregates || select.havingClause != nullptr);
  if (!scope.set_functions) {
    if (select.fromClause == nullptr || one_row) {
      result.max_rows = 1;
    } else if (scope.visible.size() == 1 && select.groupClause == nullptr) {
      result.max_rows = rows_by_key(select.whereClause, *scope.visible.front().item, scope);
    }
  }
  limit(select, scope, result);
  locking(select, scope);
  return result;
}

QueryResult QueryAnalyser::values(const SelectStmt& select, Scope& scope, UseBits uses) {
  QueryResult result;
  const auto rows = elements<List>(select.valuesLists);
  for (const List* row : rows) {
    const auto cells = elements(row);
    if (result.columns.empty()) {
      result.columns.resize(cells.size());
    } else if (cells.size() != result.columns.size()) {
      fail(make_error(ErrorKind::syntax_error, "VALUES lists must all be the same length"));
      return result;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      expression(cells[i], scope, {uses, FlowKind::copied, &result.columns[i].flow});
    }
  }
  for (std::size_t i = 0; i < result.columns.size(); ++i) {
    result.columns[i].name = texts_.emplace_back("column" + std::to_string(i + 1));
    normalise(result.columns[i].flow);
  }
  if (!scope.set_functions) result.max_rows = rows.size();
  order_clause(select.sortClause, nullptr, result.columns, Use::ordering);
  limit(select, scope, result);
  locking(select, scope);
  return result;
}

// The columns are named by the first operand; a value of either may come out.
QueryResult QueryAnalyser::set_operation(const SelectStmt& operation, Scope& scope, UseBits uses) {
  QueryResult result = select(*operation.larg, &scope, uses);
  const QueryResult right = select(*operation.rarg, &scope, uses);
  if (failed()) return result;
  if (result.columns.size() != right.columns.size()) {
    fail(make_error(ErrorKind::syntax_error, "each operand of a set operation must have the same number of columns"));
    return result;
  }
  for (std::size_t i = 0; i < result.columns.size(); ++i) {
    Flow& flow = result.columns[i].flow;
    result.columns[i].origin = nullptr;
    result.columns[i].plain = {};
    flow.insert(flow.end(), right.columns[i].flow.begin(), right.columns[i].flow.end());
    normalise(flow);
    work_ += flow.size();
    if (!operation.all) use_flow(flow, bit(Use::grouping));
  }
  if (!enter(-1)) return result;
  if (operation.op == SETOP_UNION) {
    const bool known = result.max_rows && right.max_rows;
    result.max_rows = known ? std::optional(*result.max_rows + *right.max_rows) : std::nullopt;
  } else if (operation.op == SETOP_INTERSECT && right.max_rows) {
    result.max_rows = std::min(result.max_rows.value_or(*right.max_rows), *right.max_rows);
  }
  order_clause(operation.sortClause, nullptr, result.columns, Use::ordering);
  limit(operation, scope, result);
  locking(operation, scope);
  return result;
}

void QueryAnalyser::limit(const SelectStmt& select, Scope& scope, QueryResult& result) {
  const Reading reading{bit(Use::predicate), FlowKind::derived, nullptr};
  if (select.limitOffset != nullptr) expression(select.limitOffset, scope, reading);
  if (select.limitCount == nullptr) return;
  expression(select.limitCount, scope, reading);
  if (static_cast<int>(select.limitOption) != kLimitWithoutTies || !IsA(select.limitCount, A_Const)) return;
  const A_Const& count = as<A_Const>(select.limitCount);
  if (count.isnull || nodeTag(&count.val.node) != T_Integer || count.val.ival.ival < 0) return;
  const auto rows = static_cast<std::uint64_t>(count.val.ival.ival);
  result.max_rows = std::min(result.max_rows.value_or(rows), rows);
}

// Row locks keep others from writing: they need what an UPDATE needs, as in PostgreSQL.
void QueryAnalyser::locking(const SelectStmt& select, const Scope&) {
  if (select.lockingClause != nullptr) actions_ |= action_bit(Action::update);
}

}  // namespace sluice::sql
