#include <algorithm>

#include "sql/column_label.h"
#include "sql/function_columns.h"
#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

bool ends_in_star(const List* list) { return list != nullptr && IsA(elements(list).back(), A_Star); }

bool has_star(const RowExpr& row) {
  const auto fields = elements(row.args);
  return std::any_of(fields.begin(), fields.end(), [](const Node* field) { return IsA(field, ColumnRef) && ends_in_star(as<ColumnRef>(field).fields); });
}

}  // namespace

DerivedColumns QueryAnalyser::target_list(const List* targets, Scope& scope, UseBits uses) {
  DerivedColumns out;
  const auto list = elements<ResTarget>(targets);
  out.reserve(list.size());
  for (const ResTarget* target : list) {
    if (failed()) break;
    const Node* value = target->val;
    if (IsA(value, ColumnRef) && ends_in_star(as<ColumnRef>(value).fields)) {
      star(as<ColumnRef>(value), scope, uses, out);
      continue;
    }
    if (IsA(value, A_Indirection) && ends_in_star(as<A_Indirection>(value).indirection)) {
      expand_row(as<A_Indirection>(value), scope, uses, out);
      continue;
    }
    Flow flow;
    expression(value, scope, {uses, FlowKind::copied, &flow});
    if (failed()) break;
    normalise(flow);
    DerivedColumn& column = out.emplace_back();
    column.flow = std::move(flow);
    column.name = target->name != nullptr ? std::string_view(target->name) : column_label(value, sublink_names_);
    if (IsA(value, ColumnRef)) note_origin(as<ColumnRef>(value), scope, column);
  }
  return out;
}

// Which table's plain column it is, for row descriptions and for GROUP BY.
void QueryAnalyser::note_origin(const ColumnRef& node, Scope& scope, DerivedColumn& column) {
  const auto reference = resolve(node, scope);
  if (!reference || !reference->column) return;
  column.plain = reference->item->plain_column(reference->index);
  if (scope.group == nullptr || reference->scope != &scope) return;
  if (reference->item->derived == nullptr) {
    column.origin = reference->item;
    column.attribute = reference->attribute;
  } else {
    column.origin = (*reference->item->derived)[reference->index].origin;
    column.attribute = (*reference->item->derived)[reference->index].attribute;
  }
}

void QueryAnalyser::star(const ColumnRef& node, Scope& scope, UseBits uses, DerivedColumns& out) {
  if (elements(node.fields).size() > 1) {
    const auto reference = resolve(node, scope);
    if (!reference) return;
    note_site(*reference, node);
    return expand(*reference->item, *reference->scope, uses, out);
  }
  bool any = false;
  for (const Visible& visible : scope.visible) {
    if (!visible.by_column) continue;
    any = true;
    expand(*visible.item, scope, uses, out);
  }
  if (!any) fail(make_error(ErrorKind::syntax_error, "SELECT * with no tables specified is not valid"), node.location);
}

void QueryAnalyser::note_star(const FromItem& item) {
  if (item.site >= 0) sites_.relations[static_cast<std::size_t>(item.site)].starred = true;
}

void QueryAnalyser::expand(const FromItem& item, Scope& owner, UseBits uses, DerivedColumns& out) {
  const std::size_t size = item.size();
  note_star(item);
  work_ += size;
  if (!enter(-1)) return;
  for (std::size_t i = 0; i < size; ++i) {
    if (item.derived != nullptr && (*item.derived)[i].beyond_star) continue;
    DerivedColumn& column = out.emplace_back();
    column.name = item.column_name(i);
    column.plain = item.plain_column(i);
    read_column(item, i, {uses, FlowKind::copied, &column.flow});
    if (item.derived == nullptr) {
      column.origin = &item;
      column.attribute = item.relation->columns[i].attribute;
    }
  }
  if (owner.group != nullptr && item.derived == nullptr) owner.group->references.push_back({&item, kAllColumns});
}

// (row).*: of a whole row of FROM, or of a function that returns a row.
void QueryAnalyser::expand_row(const A_Indirection& node, Scope& scope, UseBits uses, DerivedColumns& out) {
  if (elements(node.indirection).size() != 1) return not_supported("expanding this row value");
  if (IsA(node.arg, ColumnRef)) {
    const ColumnRef& row = as<ColumnRef>(node.arg);
    const auto reference = resolve(row, scope);
    if (!reference) return;
    if (!reference->column && reference->attribute == kWholeRow) {
      note_site(*reference, row);
      return expand(*reference->item, *reference->scope, uses, out);
    }
  } else if (IsA(node.arg, FuncCall)) {
    const std::string_view name = text_of(elements(as<FuncCall>(node.arg).funcname).back());
    if (const Relation* row = returned_row(as<FuncCall>(node.arg), scope)) {
      Flow flow;
      expression(node.arg, scope, {uses, FlowKind::derived, &flow});
      normalise(flow);
      for (const Column& column : row->columns) out.push_back({column.name, flow, nullptr, 0});
      return;
    }
    const auto builtin = function_columns(name);
    std::vector<std::string_view> names(builtin.begin(), builtin.end());
    if (const auto own = result_columns(as<FuncCall>(node.arg)); own && !own->empty()) names = *own;
    if (!names.empty()) {
      Flow flow;
      expression(node.arg, scope, {uses, FlowKind::derived, &flow});
      normalise(flow);
      for (const std::string_view column : names) out.push_back({column, flow, nullptr, 0});
      return;
    }
  } else if (IsA(node.arg, RowExpr) && !has_star(as<RowExpr>(node.arg))) {
    Flow flow;
    expression(node.arg, scope, {uses, FlowKind::derived, &flow});
    normalise(flow);
    const std::size_t count = elements(as<RowExpr>(node.arg).args).size();
    for (std::size_t i = 1; i <= count; ++i) out.push_back({texts_.emplace_back("f" + std::to_string(i)), flow, nullptr, 0});
    return;
  }
  Flow flow;
  expression(node.arg, scope, {uses, FlowKind::derived, &flow});
  normalise(flow);
  const Relation* row = failed() ? nullptr : row_type(node.arg, false, scope);
  if (row == nullptr) return not_supported("expanding this row value");
  for (const Column& column : row->columns) out.push_back({column.name, flow, nullptr, 0});
}

}  // namespace sluice::sql
