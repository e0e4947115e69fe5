// DDL on relations that exist: ALTER TABLE and its kin, indexes, triggers, rules, row policies, comments.

#include <algorithm>

#include "sql/relation_names.h"
#include "sql/tokens.h"
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
    if (IsA(command->def, PartitionCmd)) relations.touch(as<PartitionCmd>(command->def).name, {}, missing_of(statement.objtype, false));
    if (IsA(command->def, Constraint)) relations.touch(as<Constraint>(command->def).pktable);
    if (IsA(command->def, ColumnDef)) {
      for (const auto* constraint : elements<Constraint>(as<ColumnDef>(command->def).constraints)) relations.touch(constraint->pktable);
    }
  }
}

/// Index of the token after ON in `COMMENT ON …` and `SECURITY LABEL … ON …`; -1: not found. The tree has no places for these
/// names. A statement that changes the schema is always the last of its text.
int after_on(const Tokens& tokens, std::string_view verb) {
  for (int i = tokens.size() - 1; i >= 0; --i) {
    if (!tokens.is(i, verb) || (i > 0 && !tokens.is(i - 1, ";"))) continue;
    while (i < tokens.size() && !tokens.is(i, "on")) ++i;
    return i + 1;
  }
  return -1;
}

/// COMMENT and SECURITY LABEL name a relation by a list; of a column, trigger, rule … it is all but the last.
void named_object(ObjectType type, const Node* object, int kind_token, const Tokens& tokens, NamedRelations& relations) {
  if (object == nullptr || !IsA(object, List)) return;
  const List& name = as<List>(object);
  const bool two_words = type == OBJECT_MATVIEW || type == OBJECT_FOREIGN_TABLE;
  const bool relation = two_words || type == OBJECT_TABLE || type == OBJECT_VIEW || type == OBJECT_SEQUENCE;
  const bool within = type == OBJECT_COLUMN || type == OBJECT_TABCONSTRAINT || type == OBJECT_TRIGGER || type == OBJECT_RULE || type == OBJECT_POLICY;
  int index = kind_token < 0 ? -1 : kind_token + (two_words ? 2 : 1);
  const auto place = [&] { return index >= 0 && index < tokens.size() ? tokens[index].begin : -1; };
  if (relation) relations.touch(&name, place());
  if (!within || name.length < 2) return;
  List all_but_last = name;
  all_but_last.length -= 1;
  if (type == OBJECT_COLUMN) {  // or a composite type's
    relations.touch(&all_but_last, place(), {}, Missing::is_fine, true);
    return;
  }
  if (index >= 0) index = tokens.name_end(index, 1) + 2;  // name ON relation
  relations.touch(&all_but_last, place(), {}, Missing::fails);
}

bool gather(const Node* node, const UtilityInput& input, NamedRelations& relations) {
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
    case T_CommentStmt: {
      const Tokens tokens(input.text);
      named_object(as<CommentStmt>(node).objtype, as<CommentStmt>(node).object, after_on(tokens, "comment"), tokens, relations);
      return true;
    }
    case T_SecLabelStmt: {
      const Tokens tokens(input.text);
      named_object(as<SecLabelStmt>(node).objtype, as<SecLabelStmt>(node).object, after_on(tokens, "security"), tokens, relations);
      return true;
    }
  }
  return false;
}

/// Changes of a temporary table that concern nobody else.
bool stays_own(const AlterTableStmt& statement) {
  const auto commands = elements<AlterTableCmd>(statement.cmds);
  return std::all_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    switch (static_cast<int>(command->subtype)) {
      case AT_AddColumn: case AT_DropColumn: case AT_ColumnDefault: case AT_SetNotNull: case AT_DropNotNull: case AT_DropExpression:
      case AT_AlterColumnType: case AT_AddConstraint: case AT_DropConstraint: case AT_ValidateConstraint: case AT_AlterConstraint:
      case AT_AddIdentity: case AT_SetIdentity: case AT_DropIdentity: case AT_SetStatistics: case AT_SetStorage: case AT_SetCompression:
        return true;
    }
    return false;
  });
}

/// Operator classes could be the database's own, and run its code.
bool has_usual_operators(const List* index_elements) {
  const auto list = elements<IndexElem>(index_elements);
  return std::all_of(list.begin(), list.end(), [](const IndexElem* element) {
    if (element->opclass == nullptr) return true;
    const auto name = elements(element->opclass);
    return name.size() == 1 && (text_of(name.front()).ends_with("_pattern_ops") || text_of(name.front()) == "jsonb_path_ops");
  });
}

/// Is it about a temporary table of the session, and about nothing else?
bool is_own(const Node* node, const Analysis& analysis, const UtilityInput& input) {
  if (!only_temporary(analysis, 1, input.catalog, input.names)) return false;
  switch (static_cast<int>(nodeTag(node))) {
    case T_AlterTableStmt: return as<AlterTableStmt>(node).objtype == OBJECT_TABLE && stays_own(as<AlterTableStmt>(node));
    case T_RenameStmt: return true;
    case T_AlterSeqStmt: return true;
    case T_IndexStmt: return has_usual_operators(as<IndexStmt>(node).indexParams);
  }
  return false;
}

}  // namespace

UtilityAnswer alter_statement(const Node* node, const UtilityInput& input) {
  NamedRelations relations(input.text, input.catalog, input.names);
  if (!gather(node, input, relations)) return std::nullopt;
  UtilityAnswer answer = std::move(relations).finish(ddl());
  if (answer->ok() && is_own(node, (*answer)->analysis, input)) {
    (*answer)->analysis.kind = StatementKind::create_temporary;
    (*answer)->analysis.actions = {Action::temporary};
    (*answer)->own_table = true;
  }
  return answer;
}

}  // namespace sluice::sql
