// How many rows a WHERE clause can leave of one table, where a key of the table bounds them.

#include <algorithm>

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// A value that is the same for all rows and known before the statement runs.
bool is_given(const Node* node) {
  while (node != nullptr && IsA(node, TypeCast)) node = as<TypeCast>(node).arg;
  return node != nullptr && (IsA(node, A_Const) || IsA(node, ParamRef));
}

bool is_equality(const List* name) {
  const auto parts = elements(name);
  return text_of(parts.back()) == "=" && (parts.size() == 1 || text_of(parts.front()) == "pg_catalog");
}

struct Bound {
  std::int16_t attribute = 0;
  std::uint64_t values = 1;
};

}  // namespace

std::optional<std::uint64_t> QueryAnalyser::rows_by_key(const Node* condition, const FromItem& item, Scope& scope) {
  const Relation* keyed = item.derived == nullptr ? item.relation : item.written;
  if (keyed == nullptr || item.may_repeat || condition == nullptr) return std::nullopt;
  std::vector<Bound> bounds;
  const auto attribute_of = [&](const Node* node) -> std::int16_t {
    if (node == nullptr || !IsA(node, ColumnRef) || IsA(elements(as<ColumnRef>(node).fields).back(), A_Star)) return 0;
    const auto reference = resolve(as<ColumnRef>(node), scope);
    if (!reference || !reference->column || reference->item != &item) return 0;
    return item.derived == nullptr ? reference->attribute : item.written_columns[reference->index];
  };
  const auto given = [&](const Node* node) {
    return is_given(node) || (variables_ && node != nullptr && IsA(node, ColumnRef) && is_variable(as<ColumnRef>(node), scope));
  };
  std::vector<const Node*> pending{condition};
  while (!pending.empty() && !failed()) {
    const Node* node = pending.back();
    pending.pop_back();
    if (IsA(node, BoolExpr) && as<BoolExpr>(node).boolop == AND_EXPR) {
      for (const Node* part : elements(as<BoolExpr>(node).args)) pending.push_back(part);
      continue;
    }
    if (!IsA(node, A_Expr)) continue;
    const A_Expr& test = as<A_Expr>(node);
    if (test.kind == AEXPR_OP && is_equality(test.name)) {
      const bool given_right = given(test.rexpr);
      const std::int16_t attribute = given_right ? attribute_of(test.lexpr) : given(test.lexpr) ? attribute_of(test.rexpr) : std::int16_t{0};
      if (attribute > 0) bounds.push_back({attribute, 1});
    } else if (test.kind == AEXPR_IN && is_equality(test.name) && IsA(test.rexpr, List)) {
      const auto values = elements(reinterpret_cast<const List*>(test.rexpr));
      const std::int16_t attribute = attribute_of(test.lexpr);
      if (attribute > 0 && std::all_of(values.begin(), values.end(), given)) bounds.push_back({attribute, values.size()});
    }
    work_ += bounds.size();
  }
  std::optional<std::uint64_t> best;
  for (const auto& key : keyed->unique_keys) {
    std::uint64_t rows = 1;
    for (const std::int16_t attribute : key) {
      std::uint64_t values = 0;
      for (const Bound& bound : bounds) {
        if (bound.attribute == attribute) values = values == 0 ? bound.values : std::min(values, bound.values);
      }
      rows = values == 0 || rows > (1u << 20) ? 0 : rows * values;
      if (rows == 0) break;
    }
    if (rows != 0 && !key.empty()) best = std::min(best.value_or(rows), rows);
  }
  return best;
}

}  // namespace sluice::sql
