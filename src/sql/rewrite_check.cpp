#include "sql/rewrite_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "sql/raw_tree.h"

extern "C" bool raw_expression_tree_walker(Node* node, bool (*walker)(Node*, void*), void* context);

namespace sluice::sql {
namespace {

struct FoundNames {
  std::vector<const RangeVar*> relations;
  std::vector<const RangeVar*> targets;       // of INSERT, UPDATE, DELETE, MERGE
  std::vector<std::string_view> with_queries;
};

bool visit(Node* node, void* context) {
  if (node == nullptr) return false;
  auto& found = *static_cast<FoundNames*>(context);
  switch (static_cast<int>(nodeTag(node))) {
    case T_RangeVar:
      found.relations.push_back(&as<RangeVar>(node));
      return false;
    case T_LockingClause:  // names aliases
    case T_IntoClause:     // names what is created
      return false;
    case T_MultiAssignRef:  // the same source hangs under each of its columns
      if (as<MultiAssignRef>(node).colno != 1) return false;
      break;
    case T_CommonTableExpr:
      found.with_queries.push_back(text_of(as<CommonTableExpr>(node).ctename));
      break;
    case T_InsertStmt:
      found.targets.push_back(as<InsertStmt>(node).relation);
      break;
    case T_UpdateStmt:
      found.targets.push_back(as<UpdateStmt>(node).relation);
      break;
    case T_DeleteStmt:
      found.targets.push_back(as<DeleteStmt>(node).relation);
      break;
    case T_MergeStmt:
      found.targets.push_back(as<MergeStmt>(node).relation);
      break;
  }
  return raw_expression_tree_walker(node, visit, context);
}

// The query within a statement that holds one; nullptr: none.
Node* query_of(Node* statement, FoundNames& found) {
  while (statement != nullptr) {
    switch (static_cast<int>(nodeTag(statement))) {
      case T_SelectStmt:
      case T_InsertStmt:
      case T_UpdateStmt:
      case T_DeleteStmt:
      case T_MergeStmt:
        return statement;
      case T_ExplainStmt:
        statement = as<ExplainStmt>(statement).query;
        continue;
      case T_DeclareCursorStmt:
        statement = as<DeclareCursorStmt>(statement).query;
        continue;
      case T_PrepareStmt:
        statement = as<PrepareStmt>(statement).query;
        continue;
      case T_CreateTableAsStmt:
        statement = as<CreateTableAsStmt>(statement).query;
        continue;
      case T_ViewStmt:
        statement = as<ViewStmt>(statement).query;
        continue;
      case T_CopyStmt: {
        const CopyStmt& copy = as<CopyStmt>(statement);
        if (copy.relation != nullptr) (copy.is_from ? found.targets : found.relations).push_back(copy.relation);
        if (copy.relation != nullptr && copy.is_from) found.relations.push_back(copy.relation);
        statement = copy.query;
        continue;
      }
    }
    return nullptr;
  }
  return nullptr;
}

Error broken(const char* what) { return make_error(ErrorKind::internal, std::string("rewriting went wrong: ") + what); }

bool written_by_edit(const Spliced& spliced, int location) {
  const auto byte = static_cast<std::size_t>(location);
  const auto after = std::upper_bound(spliced.places.begin(), spliced.places.end(), byte,
                                      [](std::size_t b, const Spliced::Place& place) { return b < place.begin; });
  for (auto place = after; place != spliced.places.begin();) {
    --place;
    if (place->end > byte) return place->edit.mask;
    if (place->end != place->begin) return false;
  }
  return false;
}

}  // namespace

Status check_rewritten(const Spliced& spliced, std::size_t statements, const Catalog& catalog, const MaskSet& masks,
                       const ParseLimits& limits) {
  ParseLimits wider = limits;
  wider.max_bytes = std::max(limits.max_bytes, spliced.text.size());
  wider.max_depth = limits.max_depth + 64;  // the subqueries of masks
  const auto parsed = ParsedText::parse(spliced.text, wider);
  if (!parsed.ok()) return broken("it does not parse");
  if (parsed.value().size() != statements) return broken("the number of statements changed");

  FoundNames found;
  for (std::size_t i = 0; i < parsed.value().size(); ++i) {
    if (Node* query = query_of(parsed.value().statement(i)->stmt, found)) visit(query, &found);
  }
  std::sort(found.with_queries.begin(), found.with_queries.end());
  for (const RangeVar* range : found.relations) {
    if (range->schemaname == nullptr) {
      if (!std::binary_search(found.with_queries.begin(), found.with_queries.end(), text_of(range->relname))) {
        return broken("a relation is named without its schema");
      }
      continue;
    }
    const Relation* relation = catalog.relation(text_of(range->schemaname), text_of(range->relname));
    if (relation == nullptr) {
      if (text_of(range->schemaname) == "pg_temp") continue;
      return broken("a relation appeared");
    }
    if (!masks.any(*relation)) continue;
    if (std::find(found.targets.begin(), found.targets.end(), range) != found.targets.end()) continue;
    if (!written_by_edit(spliced, range->location)) return broken("a masked relation is in clear");
  }
  return Done{};
}

}  // namespace sluice::sql
