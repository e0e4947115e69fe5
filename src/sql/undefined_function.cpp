// What PostgreSQL says of a call of a function that does not exist: it names the types of the arguments.

#include "sql/builtin_types.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

// Most arguments are literals, casts and columns of tables; of others the type is not known here.
std::string QueryAnalyser::type_of(const Node* node, Scope& scope) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_A_Const: {
      const A_Const& constant = as<A_Const>(node);
      if (constant.isnull) return "unknown";
      switch (static_cast<int>(nodeTag(&constant.val.node))) {
        case T_Integer: return "integer";
        case T_Float: return std::string_view(constant.val.fval.fval).find_first_of(".eE") == std::string_view::npos ? "bigint" : "numeric";
        case T_Boolean: return "boolean";
        case T_BitString: return "bit";
        case T_String: return "unknown";
      }
      return {};
    }
    case T_TypeCast: {
      const auto names = elements(as<TypeCast>(node).typeName->names);
      if (names.empty()) return {};
      std::string type(displayed_type(text_of(names.back())));
      if (as<TypeCast>(node).typeName->arrayBounds != nullptr) type += "[]";
      return type;
    }
    case T_ColumnRef: {
      if (failed() || IsA(elements(as<ColumnRef>(node).fields).back(), A_Star)) return {};
      const auto reference = resolve(as<ColumnRef>(node), scope);
      error_.reset();  // the missing function is what is told
      if (!reference || !reference->column || reference->item->relation == nullptr) return {};
      const std::string& type = reference->item->relation->columns[reference->index].type_name;
      return type.substr(0, type.find('('));
    }
  }
  return {};
}

void QueryAnalyser::undefined_function(const FuncCall& call, Scope& scope) {
  std::string name;
  for (const Node* part : elements(call.funcname)) name += (name.empty() ? "" : ".") + std::string(text_of(part));
  std::string types;
  bool known = true;
  for (const Node* argument : elements(call.args)) {
    const std::string type = type_of(argument, scope);
    known = known && !type.empty();
    types += (types.empty() ? "" : ", ") + type;
  }
  fail(make_error(ErrorKind::undefined_function, "function " + name + (known ? "(" + types + ")" : "") + " does not exist",
                  "No function matches the given name and argument types. You might need to add explicit type casts."),
       call.location);
}

}  // namespace sluice::sql
