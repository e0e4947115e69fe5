#include "sql/column_label.h"

#include <algorithm>

#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

using SublinkNames = std::vector<std::pair<const SubLink*, std::string_view>>;

struct Label {
  std::string_view name;
  int strength = 0;  // 0 none, 1 weak (a type's name, CASE), 2 the name itself
};

std::string_view value_function_label(SQLValueFunctionOp op) {
  switch (op) {
    case SVFOP_CURRENT_DATE: return "current_date";
    case SVFOP_CURRENT_TIME:
    case SVFOP_CURRENT_TIME_N: return "current_time";
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N: return "current_timestamp";
    case SVFOP_LOCALTIME:
    case SVFOP_LOCALTIME_N: return "localtime";
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N: return "localtimestamp";
    case SVFOP_CURRENT_ROLE: return "current_role";
    case SVFOP_CURRENT_USER: return "current_user";
    case SVFOP_USER: return "user";
    case SVFOP_SESSION_USER: return "session_user";
    case SVFOP_CURRENT_CATALOG: return "current_catalog";
    case SVFOP_CURRENT_SCHEMA: return "current_schema";
  }
  return {};
}

std::string_view xml_label(XmlExprOp op) {
  switch (op) {
    case IS_XMLCONCAT: return "xmlconcat";
    case IS_XMLELEMENT: return "xmlelement";
    case IS_XMLFOREST: return "xmlforest";
    case IS_XMLPARSE: return "xmlparse";
    case IS_XMLPI: return "xmlpi";
    case IS_XMLROOT: return "xmlroot";
    case IS_XMLSERIALIZE: return "xmlserialize";
    case IS_DOCUMENT: return {};
  }
  return {};
}

std::string_view last_name(const List* list) {
  std::string_view name;
  for (const Node* element : elements(list)) {
    if (IsA(element, String)) name = text_of(element);
  }
  return name;
}

Label sublink_label(const SubLink& link, const SublinkNames& names) {
  if (link.subLinkType == EXISTS_SUBLINK) return {"exists", 2};
  if (link.subLinkType == ARRAY_SUBLINK) return {"array", 2};
  if (link.subLinkType != EXPR_SUBLINK) return {};
  const auto found = std::find_if(names.rbegin(), names.rend(), [&](const auto& entry) { return entry.first == &link; });
  return found != names.rend() ? Label{found->second, 2} : Label{};
}

// PostgreSQL's FigureColnameInternal for the nodes that have a name of their own.
Label figure(const Node* node, const SublinkNames& names) {
  if (node == nullptr) return {};
  switch (static_cast<int>(nodeTag(node))) {
    case T_ColumnRef: {
      const std::string_view name = last_name(as<ColumnRef>(node).fields);
      return name.empty() ? Label{} : Label{name, 2};
    }
    case T_A_Indirection: {
      const std::string_view name = last_name(as<A_Indirection>(node).indirection);
      return name.empty() ? figure(as<A_Indirection>(node).arg, names) : Label{name, 2};
    }
    case T_FuncCall: return {last_name(as<FuncCall>(node).funcname), 2};
    case T_A_Expr: return as<A_Expr>(node).kind == AEXPR_NULLIF ? Label{"nullif", 2} : Label{};
    case T_TypeCast: {
      const Label inner = figure(as<TypeCast>(node).arg, names);
      const TypeName* type = as<TypeCast>(node).typeName;
      return inner.strength <= 1 && type != nullptr ? Label{last_name(type->names), 1} : inner;
    }
    case T_CollateClause: return figure(as<CollateClause>(node).arg, names);
    case T_GroupingFunc: return {"grouping", 2};
    case T_SubLink: return sublink_label(as<SubLink>(node), names);
    case T_CaseExpr: {
      const Label inner = figure(reinterpret_cast<const Node*>(as<CaseExpr>(node).defresult), names);
      return inner.strength <= 1 ? Label{"case", 1} : inner;
    }
    case T_A_ArrayExpr: return {"array", 2};
    case T_RowExpr: return {"row", 2};
    case T_CoalesceExpr: return {"coalesce", 2};
    case T_MinMaxExpr: return {as<MinMaxExpr>(node).op == IS_GREATEST ? "greatest" : "least", 2};
    case T_SQLValueFunction: return {value_function_label(as<SQLValueFunction>(node).op), 2};
    case T_XmlExpr: {
      const std::string_view name = xml_label(as<XmlExpr>(node).op);
      return name.empty() ? Label{} : Label{name, 2};
    }
    case T_XmlSerialize: return {"xmlserialize", 2};
  }
  return {};
}

}  // namespace

std::string_view column_label(const Node* value, const SublinkNames& sublink_names) {
  const Label label = figure(value, sublink_names);
  return label.strength > 0 ? label.name : std::string_view("?column?");
}

}  // namespace sluice::sql
