// Functions, ROWS FROM and XMLTABLE in FROM.

#include <algorithm>
#include <iterator>

#include "sql/builtin_functions.h"
#include "sql/function_columns.h"
#include "sql/query_analyser.h"
#include "sql/relation_names.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

/// What unnest() makes rows of three columns of.
bool is_tsvector(const Node* value) {
  if (IsA(value, TypeCast)) {
    const auto names = elements(as<TypeCast>(value).typeName->names);
    return !names.empty() && text_of(names.back()) == "tsvector" && as<TypeCast>(value).typeName->arrayBounds == nullptr;
  }
  if (IsA(value, A_Expr)) return as<A_Expr>(value).lexpr != nullptr && is_tsvector(as<A_Expr>(value).lexpr);
  if (!IsA(value, FuncCall)) return false;
  constexpr std::string_view kFunctions[] = {"array_to_tsvector", "json_to_tsvector", "jsonb_to_tsvector", "setweight",
                                             "strip",             "to_tsvector",      "ts_delete",         "ts_filter"};
  const std::string_view name = text_of(elements(as<FuncCall>(value).funcname).back());
  return std::find(std::begin(kFunctions), std::end(kFunctions), name) != std::end(kFunctions);
}

}  // namespace

// The relation or composite type whose columns a function returns because its argument is of that type; nullptr: none that is known.
const Relation* QueryAnalyser::returned_row(const FuncCall& call, Scope& scope) {
  const std::string_view name = text_of(elements(call.funcname).back());
  const auto arguments = elements(call.args);
  const bool unnested = name == "unnest" && arguments.size() == 1;
  if (!unnested && (arguments.empty() || name.find("_populate_record") == std::string_view::npos)) return nullptr;
  return row_type(arguments.front(), unnested, scope);
}

const Relation* QueryAnalyser::row_type(const Node* value, bool of_elements, Scope& scope) {
  switch (static_cast<int>(nodeTag(value))) {
    case T_TypeCast: {
      const TypeName& type = *as<TypeCast>(value).typeName;
      const auto names = elements(type.names);
      if (names.empty() || names.size() > 2 || (type.arrayBounds != nullptr) != of_elements) return nullptr;
      return sql::find_relation(catalog_, names_, names.size() == 2 ? text_of(names[0]) : std::string_view(), text_of(names.back()));
    }
    case T_A_ArrayExpr: {
      const auto items = elements(as<A_ArrayExpr>(value).elements);
      return of_elements && !items.empty() ? row_type(items.front(), false, scope) : nullptr;
    }
    case T_SubLink: {
      const SubLink& link = as<SubLink>(value);
      if (!of_elements || link.subLinkType != ARRAY_SUBLINK || !IsA(link.subselect, SelectStmt)) return nullptr;
      const SelectStmt& select = as<SelectStmt>(link.subselect);
      const auto targets = elements<ResTarget>(select.targetList);
      if (targets.size() != 1 || !IsA(targets.front()->val, ColumnRef)) return nullptr;
      return whole_row_of(select, as<ColumnRef>(targets.front()->val));
    }
    case T_ColumnRef: {
      if (IsA(elements(as<ColumnRef>(value).fields).back(), A_Star)) return nullptr;
      const auto reference = resolve(as<ColumnRef>(value), scope);
      if (!reference || reference->item->relation == nullptr) return nullptr;
      if (!reference->column) return of_elements ? nullptr : reference->item->relation;
      return relation_of_type(reference->item->relation->columns[reference->index].type_name, of_elements);
    }
  }
  return nullptr;
}

// SELECT t FROM relation AS t.
const Relation* QueryAnalyser::whole_row_of(const SelectStmt& select, const ColumnRef& target) {
  const auto fields = elements(target.fields);
  if (fields.size() != 1 || !IsA(fields.front(), String)) return nullptr;
  for (const Node* item : elements(select.fromClause)) {
    if (!IsA(item, RangeVar)) continue;
    const RangeVar& range = as<RangeVar>(item);
    const Relation* relation = find_relation(range);
    const std::string_view name = text_of(range.alias != nullptr ? range.alias->aliasname : range.relname);
    if (relation != nullptr && name == text_of(fields.front()) && relation->column(name) == nullptr) return relation;
  }
  return nullptr;
}

// A type as format_type() writes it: schema.name, perhaps quoted, perhaps with [].
const Relation* QueryAnalyser::relation_of_type(std::string_view type, bool of_elements) {
  if (type.ends_with("[]") != of_elements) return nullptr;
  if (of_elements) type.remove_suffix(2);
  const std::size_t dot = type.find('.');
  if (dot == std::string_view::npos || type.find('"') != std::string_view::npos) return nullptr;
  return catalog_.relation(type.substr(0, dot), type.substr(dot + 1));
}

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
  item.open = calls.size() == 1 && may_return_row(elements(calls.front()).front(), columns.size());
  if (function.alias != nullptr) {
    if (item.open && elements(function.alias->colnames).size() > columns.size()) {  // they name the columns, all of them
      for (std::size_t i = columns.size(); i < elements(function.alias->colnames).size(); ++i) columns.push_back({{}, columns.front().flow, nullptr, 0});
    }
    apply_alias(item, function.alias);
  } else if (!columns.empty() && IsA(elements(calls.front()).front(), FuncCall)) {
    item.name = text_of(elements(as<FuncCall>(elements(calls.front()).front()).funcname).back());
  }
  out.push_back({&item});
}

// Of what these return nothing is known but the arguments: it may be a row, whose fields can then be named.
bool QueryAnalyser::may_return_row(const Node* call, std::size_t columns) {
  if (!IsA(call, FuncCall) || columns != 1) return false;
  const std::string_view name = text_of(elements(as<FuncCall>(call).funcname).back());
  return name == "unnest" || name.find("_populate_record") != std::string_view::npos || !result_columns(as<FuncCall>(call));
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
  if (const Relation* row = returned_row(function_node, scope)) {
    for (const Column& column : row->columns) columns.push_back({column.name, flow, nullptr, 0});
    return;
  }
  if (const auto user_columns = result_columns(function_node)) {
    for (const std::string_view column : *user_columns) columns.push_back({column, flow, nullptr, 0});
    if (!user_columns->empty()) return;
    const bool aliased = function.alias != nullptr && count == 1;
    columns.push_back({aliased ? text_of(function.alias->aliasname) : name, flow, nullptr, 0});
    return;
  }
  if (!builtin_function(name).known) {  // what it returns depends on its arguments, or on which of several is meant
    columns.push_back({function.alias != nullptr && count == 1 ? text_of(function.alias->aliasname) : name, flow, nullptr, 0});
    return;
  }
  if (name == "unnest" && elements(function_node.args).size() > 1) {
    // PostgreSQL turns it into ROWS FROM (unnest(a), unnest(b), …).
    for (std::size_t i = 0; i < elements(function_node.args).size(); ++i) columns.push_back({"unnest", flow, nullptr, 0});
    return;
  }
  if (name == "unnest") {
    const Node* argument = elements(function_node.args).empty() ? nullptr : elements(function_node.args).front();
    if (argument != nullptr && (is_tsvector(argument) || type_of(argument, scope) == "tsvector")) {
      for (const std::string_view column : {"lexeme", "positions", "weights"}) columns.push_back({column, flow, nullptr, 0});
      return;
    }
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
