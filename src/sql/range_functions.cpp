// Functions, ROWS FROM and XMLTABLE in FROM.

#include "sql/builtin_functions.h"
#include "sql/function_columns.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

// A function in FROM is LATERAL without saying so. All its columns are computed from all its arguments.
void QueryAnalyser::range_function(const RangeFunction& function, Scope& scope, std::vector<Visible>& out) {
  const bool enclosing = scope.lateral;
  scope.lateral = true;
  DerivedColumns& columns = new_columns();
  const auto calls = elements<List>(function.functions);
  for (const List* call : calls) {
    const auto pair = elements(call);
    const List* definitions = reinterpret_cast<const List*>(pair[1]);
    if (definitions == nullptr) definitions = function.coldeflist;
    function_item_columns(pair[0], definitions, function, calls.size(), scope, columns);
    if (failed()) return;
  }
  scope.lateral = enclosing;
  if (function.ordinality) columns.push_back({"ordinality", {}, nullptr, 0});
  FromItem& item = new_item();
  item.derived = &columns;
  if (function.alias != nullptr) {
    apply_alias(item, function.alias);
  } else if (!columns.empty() && IsA(elements(calls.front()).front(), FuncCall)) {
    item.name = text_of(elements(as<FuncCall>(elements(calls.front()).front()).funcname).back());
  }
  out.push_back({&item});
}

void QueryAnalyser::function_item_columns(const Node* call, const List* definitions, const RangeFunction& function,
                                          std::size_t count, Scope& scope, DerivedColumns& columns) {
  Flow flow;
  expression(call, scope, {bit(Use::function_argument), FlowKind::derived, &flow});
  if (failed()) return;
  normalise(flow);
  if (definitions != nullptr) {
    for (const ColumnDef* definition : elements<ColumnDef>(definitions)) {
      check_type(definition->typeName);
      columns.push_back({text_of(definition->colname), flow, nullptr, 0});
    }
    return;
  }
  if (!IsA(call, FuncCall)) {  // current_date and its like
    const std::string_view name = function.alias != nullptr ? text_of(function.alias->aliasname) : std::string_view("?column?");
    columns.push_back({name, flow, nullptr, 0});
    return;
  }
  const FuncCall& function_node = as<FuncCall>(call);
  const auto parts = elements(function_node.funcname);
  const std::string_view name = text_of(parts.back());
  if (!builtin_function(name).known) {
    return not_supported("a function outside pg_catalog in FROM without a column definition list", function_node.location,
                         "Call it in the select list instead.");
  }
  if (name.find("_populate_record") != std::string_view::npos) {
    return not_supported("a function that returns a row of its argument's type in FROM", function_node.location);
  }
  if (name == "unnest" && elements(function_node.args).size() > 1) {
    // PostgreSQL turns it into ROWS FROM (unnest(a), unnest(b), …).
    for (std::size_t i = 0; i < elements(function_node.args).size(); ++i) columns.push_back({"unnest", flow, nullptr, 0});
    return;
  }
  const auto names = function_columns(name);
  if (!names.empty()) {
    for (const std::string_view column : names) columns.push_back({column, flow, nullptr, 0});
    return;
  }
  const bool aliased = function.alias != nullptr && count == 1;
  columns.push_back({aliased ? text_of(function.alias->aliasname) : name, flow, nullptr, 0});
}

void QueryAnalyser::range_table_function(const RangeTableFunc& function, Scope& scope, std::vector<Visible>& out) {
  const bool enclosing = scope.lateral;
  scope.lateral = true;
  Flow flow;
  const Reading reading{bit(Use::function_argument), FlowKind::derived, &flow};
  expression(function.docexpr, scope, reading);
  expression(function.rowexpr, scope, reading);
  for (const ResTarget* name : elements<ResTarget>(function.namespaces)) expression(name->val, scope, reading);
  DerivedColumns& columns = new_columns();
  for (const RangeTableFuncCol* column : elements<RangeTableFuncCol>(function.columns)) {
    check_type(column->typeName);
    expression(column->colexpr, scope, reading);
    expression(column->coldefexpr, scope, reading);
    columns.push_back({text_of(column->colname), {}, nullptr, 0});
  }
  scope.lateral = enclosing;
  normalise(flow);
  for (DerivedColumn& column : columns) column.flow = flow;
  work_ += columns.size() * flow.size();
  FromItem& item = new_item();
  item.derived = &columns;
  item.name = "xmltable";
  apply_alias(item, function.alias);
  out.push_back({&item});
}

}  // namespace sluice::sql
