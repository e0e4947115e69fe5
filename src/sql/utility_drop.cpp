// DROP of objects that live in a schema, and of what hangs on a relation.

#include <algorithm>
#include <utility>
#include <vector>

#include "sql/relation_names.h"
#include "sql/tokens.h"
#include "sql/utility_statements.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

using Missing = NamedRelations::Missing;

enum class Dropped { relation, within_relation, other };

Dropped dropped(ObjectType type) {
  switch (type) {
    case OBJECT_TABLE: case OBJECT_VIEW: case OBJECT_MATVIEW: case OBJECT_FOREIGN_TABLE: case OBJECT_SEQUENCE:
      return Dropped::relation;
    case OBJECT_TRIGGER: case OBJECT_RULE: case OBJECT_POLICY:
      return Dropped::within_relation;
    case OBJECT_INDEX: case OBJECT_ACCESS_METHOD: case OBJECT_AGGREGATE: case OBJECT_AMOP: case OBJECT_AMPROC: case OBJECT_ATTRIBUTE:
    case OBJECT_CAST: case OBJECT_COLUMN: case OBJECT_COLLATION: case OBJECT_CONVERSION: case OBJECT_DATABASE: case OBJECT_DEFAULT:
    case OBJECT_DEFACL: case OBJECT_DOMAIN: case OBJECT_DOMCONSTRAINT: case OBJECT_EVENT_TRIGGER: case OBJECT_EXTENSION: case OBJECT_FDW:
    case OBJECT_FOREIGN_SERVER: case OBJECT_FUNCTION: case OBJECT_LANGUAGE: case OBJECT_LARGEOBJECT: case OBJECT_OPCLASS:
    case OBJECT_OPERATOR: case OBJECT_OPFAMILY: case OBJECT_PARAMETER_ACL: case OBJECT_PROCEDURE: case OBJECT_PUBLICATION:
    case OBJECT_PUBLICATION_NAMESPACE: case OBJECT_PUBLICATION_REL: case OBJECT_ROLE: case OBJECT_ROUTINE: case OBJECT_SCHEMA:
    case OBJECT_SUBSCRIPTION: case OBJECT_STATISTIC_EXT: case OBJECT_TABCONSTRAINT: case OBJECT_TABLESPACE: case OBJECT_TRANSFORM:
    case OBJECT_TSCONFIGURATION: case OBJECT_TSDICTIONARY: case OBJECT_TSPARSER: case OBJECT_TSTEMPLATE: case OBJECT_TYPE:
    case OBJECT_USER_MAPPING:
      return Dropped::other;
  }
  return Dropped::other;
}

/// Index of the first token of the first name in `DROP TABLE [IF EXISTS] name, …`; -1: not found. The tree has no
/// places for these names. A statement that changes the schema is always the last of its text.
int first_name(const Tokens& tokens, int words_of_kind, bool missing_ok) {
  for (int i = tokens.size() - 1; i >= 0; --i) {
    if (!tokens.is(i, "drop") || (i > 0 && !tokens.is(i - 1, ";"))) continue;
    return i + 1 + words_of_kind + (missing_ok ? 2 : 0);
  }
  return -1;
}

std::string_view name_of(ObjectType type) {
  if (type == OBJECT_TABLE) return "table";
  if (type == OBJECT_VIEW) return "view";
  if (type == OBJECT_MATVIEW) return "materialized view";
  if (type == OBJECT_FOREIGN_TABLE) return "foreign table";
  return "sequence";
}

/// Returns the places of names without a schema that nothing has. Only of what can be temporary.
std::vector<int> drop_relations(const DropStmt& statement, const UtilityInput& input, NamedRelations& relations) {
  std::vector<int> absent;
  const bool can_be_temporary = statement.removeType == OBJECT_TABLE || statement.removeType == OBJECT_VIEW || statement.removeType == OBJECT_SEQUENCE;
  relations.call_them(name_of(statement.removeType));
  const bool two_words = statement.removeType == OBJECT_MATVIEW || statement.removeType == OBJECT_FOREIGN_TABLE;
  const Tokens tokens(input.text);
  int index = first_name(tokens, two_words ? 2 : 1, statement.missing_ok);
  for (const auto* name : elements<List>(statement.objects)) {
    const int last = index < 0 || index >= tokens.size() ? -1 : tokens.name_end(index, name->length);
    const int place = last < 0 ? -1 : tokens[index].begin;
    const Relation* known = relations.touch(name, place, {.deletes = true}, statement.missing_ok ? Missing::is_fine : Missing::fails);
    if (known == nullptr && can_be_temporary && name->length == 1 && place >= 0) absent.push_back(place);
    index = last < 0 ? -1 : last + 2;  // past the comma
  }
  return absent;
}

// DROP TRIGGER name ON relation.
void drop_within(const DropStmt& statement, const UtilityInput& input, NamedRelations& relations) {
  const Tokens tokens(input.text);
  const int object = first_name(tokens, 1, statement.missing_ok);
  const int object_end = object < 0 ? -1 : tokens.name_end(object, 1);
  const int place = object_end < 0 || object_end + 2 >= tokens.size() ? -1 : tokens[object_end + 2].begin;
  for (const auto* name : elements<List>(statement.objects)) {
    List relation = *name;
    relation.length -= 1;
    relations.touch(&relation, place, {}, statement.missing_ok ? Missing::is_fine : Missing::fails);
  }
}

}  // namespace

UtilityAnswer drop_statement(const Node* node, const UtilityInput& input) {
  if (!IsA(node, DropStmt)) return std::nullopt;
  const auto& statement = as<DropStmt>(node);
  NamedRelations relations(input.text, input.catalog, input.names);
  std::vector<int> absent;
  switch (dropped(statement.removeType)) {
    case Dropped::relation: absent = drop_relations(statement, input, relations); break;
    case Dropped::within_relation: drop_within(statement, input, relations); break;
    case Dropped::other: break;
  }
  UtilityAnalysis result = utility_analysis(StatementKind::ddl, {Action::ddl});
  result.analysis.changes_catalog = true;
  UtilityAnswer answer = std::move(relations).finish(std::move(result));
  const bool relation = dropped(statement.removeType) == Dropped::relation;
  if (!answer || !answer->ok() || !relation) return answer;
  // What only the session itself could see is the session's own business; scripts drop their temporary tables before they make them.
  const std::size_t known = elements(statement.objects).size() - absent.size();
  const bool own = known == 0 ? (*answer)->analysis.relations.empty() : only_temporary((*answer)->analysis, known, input.catalog, input.names);
  if (own) {
    (*answer)->analysis.kind = StatementKind::create_temporary;
    (*answer)->analysis.actions = {Action::temporary};
    (*answer)->analysis.changes_catalog = known > 0;
  }
  (*answer)->only_temporary = std::move(absent);  // a name that nothing has must not come to mean more while the statement waits
  return answer;
}

}  // namespace sluice::sql
