// Definitions of temporary tables: their columns, defaults, checks and indexes may use what a query may.

#include "sql/query_analyser.h"
#include "sql/raw_tree.h"

namespace sluice::sql {

// `known` is the table as it is; nullptr: it is being created.
void QueryAnalyser::own_table(const Node* node, const Relation* known) {
  DerivedColumns& columns = new_columns();
  const auto add_columns = [&](const Relation& relation) {
    for (const Column& column : relation.columns) columns.push_back({column.name, {}, nullptr, 0});
  };
  if (known != nullptr) add_columns(*known);
  const List* parts = nullptr;
  if (IsA(node, CreateStmt)) parts = as<CreateStmt>(node).tableElts;
  if (IsA(node, AlterTableStmt)) parts = as<AlterTableStmt>(node).cmds;
  for (const Node* part : elements(parts)) {
    if (IsA(part, AlterTableCmd)) part = as<AlterTableCmd>(part).def;
    if (part == nullptr) continue;
    if (IsA(part, ColumnDef) && as<ColumnDef>(part).colname != nullptr) columns.push_back({text_of(as<ColumnDef>(part).colname), {}, nullptr, 0});
    if (!IsA(part, TableLikeClause)) continue;
    const Relation* source = find_relation(*as<TableLikeClause>(part).relation);
    if (source == nullptr) continue;
    add_columns(*source);
    for (const Column& column : source->columns) {
      for (const Routine* routine : catalog_.code().of_type(column.type)) call(*routine, -1, nullptr);
    }
  }
  FromItem& row = new_item();
  row.derived = &columns;
  row.name = known == nullptr ? std::string_view() : std::string_view(known->name);
  if (IsA(node, CreateStmt)) row.name = text_of(as<CreateStmt>(node).relation->relname);
  Scope scope(nullptr);
  scope.visible.push_back({&row});

  for (const Node* part : elements(parts)) {
    if (IsA(part, AlterTableCmd)) part = as<AlterTableCmd>(part).def;
    if (part != nullptr) own_table_part(part, scope);
  }
  if (IsA(node, CreateStmt) && as<CreateStmt>(node).partspec != nullptr) {
    for (const PartitionElem* key : elements<PartitionElem>(as<CreateStmt>(node).partspec->partParams)) {
      expression(key->expr, scope, {});
      if (key->opclass != nullptr) not_supported("an operator class of a temporary table's partitions", key->location);
    }
  }
  if (IsA(node, IndexStmt)) {
    own_index_elements(as<IndexStmt>(node).indexParams, scope);
    own_index_elements(as<IndexStmt>(node).indexIncludingParams, scope);
    expression(as<IndexStmt>(node).whereClause, scope, {});
  }
}

void QueryAnalyser::own_table_part(const Node* part, Scope& scope) {
  const Depth deeper(depth_);
  if (!enter(-1)) return;
  switch (static_cast<int>(nodeTag(part))) {
    case T_ColumnDef: {
      const ColumnDef& column = as<ColumnDef>(part);
      check_type(column.typeName);
      if (column.collClause != nullptr) check_collation(*column.collClause);
      expression(column.raw_default, scope, {});
      for (const Node* constraint : elements(column.constraints)) own_table_part(constraint, scope);
      return;
    }
    case T_Constraint: {
      const Constraint& constraint = as<Constraint>(part);
      expression(constraint.raw_expr, scope, {});
      expression(constraint.where_clause, scope, {});
      for (const List* pair : elements<List>(constraint.exclusions)) {
        const Node* element = elements(pair)[0];
        if (IsA(element, IndexElem)) expression(as<IndexElem>(element).expr, scope, {});
        check_operator(reinterpret_cast<const List*>(elements(pair)[1]), constraint.location);
      }
      return;
    }
    case T_List:  // options, values of them, and LIKE, of which the statement's own analysis knows
    case T_Integer:
    case T_String:
    case T_TableLikeClause:
      return;
  }
  expression(part, scope, {});  // SET DEFAULT
}

void QueryAnalyser::own_index_elements(const List* list, Scope& scope) {
  for (const IndexElem* element : elements<IndexElem>(list)) expression(element->expr, scope, {});
}

}  // namespace sluice::sql
