#include <algorithm>

#include "sql/builtin_functions.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

void QueryAnalyser::expressions(const List* list, Scope& scope, const Reading& reading) {
  for (const Node* node : elements(list)) expression(node, scope, reading);
}

// One case for each node that the grammar's expressions are made of; whatever else comes is refused.
void QueryAnalyser::expression(const Node* node, Scope& scope, const Reading& reading) {
  if (node == nullptr) return;
  const Depth deeper(depth_);
  if (!enter(-1)) return;
  const Reading computed = reading.as(FlowKind::derived);
  switch (static_cast<int>(nodeTag(node))) {
    case T_ColumnRef: return column_reference(as<ColumnRef>(node), scope, reading);
    case T_A_Const:
    case T_SetToDefault:
    case T_CurrentOfExpr:
    case T_SQLValueFunction:
      return;
    case T_ParamRef:
      parameters_ = std::max(parameters_, as<ParamRef>(node).number);
      return;
    case T_A_Expr: return operator_expression(as<A_Expr>(node), scope, computed);
    case T_BoolExpr: return expressions(as<BoolExpr>(node).args, scope, computed);
    case T_FuncCall: return function_call(as<FuncCall>(node), scope, computed);
    case T_NamedArgExpr: return expression(reinterpret_cast<const Node*>(as<NamedArgExpr>(node).arg), scope, computed);
    case T_TypeCast:
      check_type(as<TypeCast>(node).typeName);
      return expression(as<TypeCast>(node).arg, scope, computed);
    case T_CollateClause:
      check_collation(as<CollateClause>(node));
      return expression(as<CollateClause>(node).arg, scope, reading);
    case T_A_Indirection: return indirection(as<A_Indirection>(node), scope, computed);
    case T_A_ArrayExpr: return expressions(as<A_ArrayExpr>(node).elements, scope, computed);
    case T_RowExpr: return expressions(as<RowExpr>(node).args, scope, computed);
    case T_List: return expressions(reinterpret_cast<const List*>(node), scope, computed);
    case T_CaseExpr: {
      const CaseExpr& choice = as<CaseExpr>(node);
      if (choice.arg != nullptr) check_implied_equality(choice.location);
      expression(reinterpret_cast<const Node*>(choice.arg), scope, computed);
      for (const CaseWhen* when : elements<CaseWhen>(choice.args)) {
        expression(reinterpret_cast<const Node*>(when->expr), scope, computed);
        expression(reinterpret_cast<const Node*>(when->result), scope, computed);
      }
      return expression(reinterpret_cast<const Node*>(choice.defresult), scope, computed);
    }
    case T_CoalesceExpr: return expressions(as<CoalesceExpr>(node).args, scope, computed);
    case T_MinMaxExpr: return expressions(as<MinMaxExpr>(node).args, scope, computed);
    case T_NullTest: return expression(reinterpret_cast<const Node*>(as<NullTest>(node).arg), scope, computed);
    case T_BooleanTest: return expression(reinterpret_cast<const Node*>(as<BooleanTest>(node).arg), scope, computed);
    case T_SubLink: return sublink(as<SubLink>(node), scope, reading);
    case T_GroupingFunc: return expressions(as<GroupingFunc>(node).args, scope, computed);
    case T_MultiAssignRef:
      // The same source hangs under every column of SET (a, b) = …; PostgreSQL reads it once, with the first.
      if (as<MultiAssignRef>(node).colno == 1) expression(as<MultiAssignRef>(node).source, scope, computed);
      return;
    case T_XmlExpr:
    case T_XmlSerialize:
      return xml_expression(node, scope, computed);
  }
  not_supported("this kind of expression");
}

void QueryAnalyser::operator_expression(const A_Expr& node, Scope& scope, const Reading& reading) {
  if (variables_ && compares_rows(node, scope)) return;
  switch (node.kind) {
    case AEXPR_OP:
    case AEXPR_OP_ANY:
    case AEXPR_OP_ALL:
    case AEXPR_DISTINCT:
    case AEXPR_NOT_DISTINCT:
    case AEXPR_NULLIF:
    case AEXPR_IN:
    case AEXPR_LIKE:
    case AEXPR_ILIKE:
    case AEXPR_SIMILAR:
      check_operator(node.name, node.location);
      break;
    case AEXPR_BETWEEN:
    case AEXPR_NOT_BETWEEN:
    case AEXPR_BETWEEN_SYM:
    case AEXPR_NOT_BETWEEN_SYM:
      for (const std::string_view symbol : {"<=", ">=", "<", ">"}) run_operator(symbol, node.location);
      break;
  }
  expression(node.lexpr, scope, reading);
  expression(node.rexpr, scope, reading);
}

// An operator runs a function: one that the database's users defined under this name could be chosen.
void QueryAnalyser::check_operator(const List* name, int location) {
  const auto parts = elements(name);
  if (parts.size() == 2 && text_of(parts.front()) == "pg_catalog") return;
  if (parts.size() > 2) return not_supported("an operator name of more than two parts", location);
  run_operator(text_of(parts.back()), location);
}

void QueryAnalyser::run_operator(std::string_view symbol, int location) {
  for (const Routine* routine : catalog_.code().of_operator(symbol)) {
    if (code_ == nullptr && !unlisted(*routine).empty()) {
      return fail(make_error(ErrorKind::denied, "operator " + std::string(symbol) + " may not be used: it could run code of the database",
                             "Write OPERATOR(pg_catalog." + std::string(symbol) + ") to choose PostgreSQL's own."),
                  location);
    }
    call(*routine, location, nullptr);
  }
}

// Constructs that look up an operator = without naming it.
void QueryAnalyser::check_implied_equality(int location) { run_operator("=", location); }

void QueryAnalyser::check_collation(const CollateClause& clause) {
  if (elements(clause.collname).size() > 2) not_supported("this collation name", clause.location);
}

void QueryAnalyser::check_type(const TypeName* type) {
  if (type == nullptr) return;
  const auto parts = elements(type->names);
  if (type->pct_type) return not_supported("%TYPE", type->location);
  if (parts.empty()) return;
  const std::string_view name = text_of(parts.back());
  for (const Node* modifier : elements(type->typmods)) {
    if (!IsA(modifier, A_Const) && !IsA(modifier, ColumnRef)) not_supported("this type modifier", type->location);
  }
  if (parts.size() > 2) return not_supported("a type name of more than two parts", type->location);
  for (const Routine* routine : catalog_.code().of_type(name)) {
    if (code_ == nullptr && !unlisted(*routine).empty()) {
      return fail(make_error(ErrorKind::denied, "type \"" + std::string(name) + "\" may not be named: its values could run code of the database",
                             "Leave the cast out: PostgreSQL finds the type of a literal or parameter from its context."),
                  type->location);
    }
    call(*routine, type->location, nullptr);
  }
}

// (u).column of a whole row is that column; everything else is computed from the whole. What is no field may be a function.
void QueryAnalyser::indirection(const A_Indirection& node, Scope& scope, const Reading& reading) {
  const auto steps = elements(node.indirection);
  for (const Node* step : steps) {
    if (IsA(step, A_Indices)) {
      expression(as<A_Indices>(step).lidx, scope, reading);
      expression(as<A_Indices>(step).uidx, scope, reading);
    } else if (IsA(step, A_Star)) {
      return not_supported("expanding this row value");
    } else if (!IsA(step, String)) {
      return not_supported("this kind of subscript");
    }
  }
  std::optional<Reference> first;
  if (IsA(node.arg, ColumnRef) && IsA(steps.front(), String)) {
    const auto found = resolve(as<ColumnRef>(node.arg), scope);
    if (!found) return;
    if (!found->column && found->attribute == kWholeRow) {
      Reference column{found->item, found->scope, 0, 0, false};
      if (find_in_item(*found->item, text_of(steps.front()), column) && column.column) first = column;
    }
  }
  const Relation* row = nullptr;  // whose fields the next step may name
  if (!first) {
    row = row_type(node.arg, false, scope);
  } else if (first->item->relation != nullptr) {
    row = relation_of_type(first->item->relation->columns[first->index].type_name, false);
  }
  for (std::size_t i = first ? 1 : 0; i < steps.size(); ++i) {
    const Column* field = row == nullptr || !IsA(steps[i], String) ? nullptr : row->column(text_of(steps[i]));
    row = field == nullptr ? nullptr : relation_of_type(field->type_name, false);
    if (field == nullptr && IsA(steps[i], String)) call_by_notation(text_of(steps[i]), scope, reading);
    if (failed()) return;
  }
  if (first && !first->item->is_target) {
    if (first->scope->group != nullptr) column_reference(as<ColumnRef>(node.arg), scope, {0, FlowKind::derived, nullptr});
    return read_column(*first->item, first->index, reading);
  }
  expression(node.arg, scope, reading);
}

// (x).f is f(x) where x has no field of this name.
void QueryAnalyser::call_by_notation(std::string_view name, Scope& scope, const Reading& reading) {
  const auto refuse = [&] {
    fail(make_error(ErrorKind::denied, "permission denied for function " + std::string(name), "Write it as " + std::string(name) + "(…)."));
  };
  const BuiltinFunction builtin = builtin_function(name);
  if (builtin.returns_set) scope.set_functions = true;
  switch (builtin.function_class) {
    case FunctionClass::pure:
    case FunctionClass::catalog_text:
    case FunctionClass::session:
    case FunctionClass::sleep:
      break;
    case FunctionClass::sequence:
    case FunctionClass::lock:
    case FunctionClass::size:
    case FunctionClass::setting:
    case FunctionClass::refused:
      if (builtin.known) return refuse();
      break;
  }
  auto found = catalog_.code().routines(name);
  std::erase_if(found, [](const Routine* routine) { return !routine->takes(1); });
  const auto in_path = [&](const Routine* routine) {
    return std::find(names_.search_path.begin(), names_.search_path.end(), routine->schema) != names_.search_path.end();
  };
  if (!any_schema_ && std::none_of(found.begin(), found.end(), in_path)) return;
  scope.set_functions = true;
  for (const Routine* routine : found) call(*routine, -1, &reading);  // the path may have changed by the time it is executed
}

// A subquery's result is used as the whole expression is; what it looks at otherwise has uses of its own.
void QueryAnalyser::sublink(const SubLink& link, Scope& scope, const Reading& reading) {
  const Reading computed = reading.as(FlowKind::derived);
  expression(link.testexpr, scope, computed);
  if (link.operName != nullptr) {
    check_operator(link.operName, link.location);
  } else if (link.subLinkType == ANY_SUBLINK) {
    check_implied_equality(link.location);
  }
  const QueryResult result = query(link.subselect, &scope, reading.uses != 0 ? reading.uses : bit(Use::output));
  if (failed()) return;
  if (!result.columns.empty()) sublink_names_.emplace_back(&link, result.columns.front().name);
  if (reading.flow == nullptr) return;
  for (const DerivedColumn& column : result.columns) {
    for (const FlowSource& source : column.flow) {
      const FlowKind kind = link.subLinkType == EXPR_SUBLINK ? reading.kind : computed.kind;
      reading.flow->push_back({source.column, std::max(source.kind, kind)});
    }
  }
}

void QueryAnalyser::xml_expression(const Node* node, Scope& scope, const Reading& reading) {
  if (IsA(node, XmlSerialize)) {
    check_type(as<XmlSerialize>(node).typeName);
    return expression(as<XmlSerialize>(node).expr, scope, reading);
  }
  const XmlExpr& xml = as<XmlExpr>(node);
  for (const ResTarget* argument : elements<ResTarget>(xml.named_args)) expression(argument->val, scope, reading);
  expressions(xml.args, scope, reading);
}

}  // namespace sluice::sql
