// DDL on relations that exist: ALTER TABLE and its kin, indexes, triggers, rules, row policies, comments.

#include "sql/relation_names.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

using Missing = NamedRelations::Missing;

UtilityAnalysis ddl() {
  UtilityAnalysis result = utility_analysis(StatementKind::ddl, {Action::ddl});
  result.analysis.changes_catalog = true;
  return result;
}

/// Indexes and composite types may be unknown to the catalog: their names decide nothing.
Missing missing_of(ObjectType type, bool missing_ok) {
  const bool relation = type == OBJECT_TABLE || type == OBJECT_VIEW || type == OBJECT_MATVIEW || type == OBJECT_FOREIGN_TABLE || type == OBJECT_SEQUENCE ||
                        type == OBJECT_COLUMN || type == OBJECT_TABCONSTRAINT || type == OBJECT_TRIGGER || type == OBJECT_RULE || type == OBJECT_POLICY;
  return relation && !missing_ok ? Missing::fails : Missing::is_fine;
}

void alter_table(const AlterTableStmt& statement, NamedRelations& relations) {
  relations.touch(statement.relation, {}, missing_of(statement.objtype, statement.missing_ok));
  for (const auto* command : elements<AlterTableCmd>(statement.cmds)) {
    if (command->def == nullptr) continue;
    if (IsA(command->def, RangeVar)) relations.touch(&as<RangeVar>(command->def));
    if (IsA(command->def, PartitionCmd)) relations.touch(as<PartitionCmd>(command->def).name);
    if (IsA(command->def, Constraint)) relations.touch(as<Constraint>(command->def).pktable);
    if (IsA(command->def, ColumnDef)) {
      for (const auto* constraint : elements<Constraint>(as<ColumnDef>(command->def).constraints)) relations.touch(constraint->pktable);
    }
  }
}

/// COMMENT and SECURITY LABEL name a relation by a list without a place in the tree; of a column, trigger, rule … it is all but the last.
void named_object(ObjectType type, const Node* object, NamedRelations& relations) {
  if (object == nullptr || !IsA(object, List)) return;
  const List& name = as<List>(object);
  const bool relation = type == OBJECT_TABLE || type == OBJECT_VIEW || type == OBJECT_MATVIEW || type == OBJECT_FOREIGN_TABLE || type == OBJECT_SEQUENCE;
  const bool within = type == OBJECT_COLUMN || type == OBJECT_TABCONSTRAINT || type == OBJECT_TRIGGER || type == OBJECT_RULE || type == OBJECT_POLICY;
  if (relation) relations.touch(&name, -1);
  if (!within || name.length < 2) return;
  List all_but_last = name;
  all_but_last.length -= 1;
  relations.touch(&all_but_last, -1, {}, type == OBJECT_COLUMN ? Missing::is_fine : Missing::fails);  // or a composite type's
}

bool gather(const Node* node, NamedRelations& relations) {
  switch (static_cast<int>(nodeTag(node))) {
    case T_AlterTableStmt: alter_table(as<AlterTableStmt>(node), relations); return true;
    case T_AlterTableMoveAllStmt: return true;
    case T_AlterSeqStmt: relations.touch(as<AlterSeqStmt>(node).sequence, {}, missing_of(OBJECT_SEQUENCE, as<AlterSeqStmt>(node).missing_ok)); return true;
    case T_RenameStmt: {
      const auto& rename = as<RenameStmt>(node);
      relations.touch(rename.relation, {}, missing_of(rename.renameType, rename.missing_ok));
      return true;
    }
    case T_AlterObjectSchemaStmt: {
      const auto& move = as<AlterObjectSchemaStmt>(node);
      relations.touch(move.relation, {}, missing_of(move.objectType, move.missing_ok));
      return true;
    }
    case T_AlterObjectDependsStmt: relations.touch(as<AlterObjectDependsStmt>(node).relation, {}, Missing::is_fine); return true;
    case T_IndexStmt: relations.touch(as<IndexStmt>(node).relation); return true;
    case T_CreateStatsStmt:
      for (const Node* source : elements(as<CreateStatsStmt>(node).relations)) {
        if (IsA(source, RangeVar)) relations.touch(&as<RangeVar>(source));
      }
      return true;
    case T_CreateTrigStmt:
      relations.touch(as<CreateTrigStmt>(node).relation);
      relations.touch(as<CreateTrigStmt>(node).constrrel);
      return true;
    case T_RuleStmt: relations.touch(as<RuleStmt>(node).relation); return true;
    case T_CreatePolicyStmt: relations.touch(as<CreatePolicyStmt>(node).table); return true;
    case T_AlterPolicyStmt: relations.touch(as<AlterPolicyStmt>(node).table); return true;
    case T_CommentStmt: named_object(as<CommentStmt>(node).objtype, as<CommentStmt>(node).object, relations); return true;
    case T_SecLabelStmt: named_object(as<SecLabelStmt>(node).objtype, as<SecLabelStmt>(node).object, relations); return true;
  }
  return false;
}

}  // namespace

UtilityAnswer alter_statement(const Node* node, const UtilityInput& input) {
  NamedRelations relations(input.text, input.catalog, input.names);
  if (!gather(node, relations)) return std::nullopt;
  return std::move(relations).finish(ddl());
}

}  // namespace sluice::sql
