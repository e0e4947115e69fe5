#include "control/statement_facts_of.h"
#include "sql/storage_use.h"

#include <set>

namespace sluice::control {
namespace {

std::string table_name(Oid oid, const sql::Catalog& catalog) {
  const sql::Relation* relation = catalog.relation(oid);
  return relation == nullptr ? "oid " + std::to_string(oid) : relation->schema + "." + relation->name;
}

std::string column_name(ColumnId id, const sql::Catalog& catalog) {
  const sql::Relation* relation = catalog.relation(id.relation);
  const sql::Column* column = relation == nullptr ? nullptr : relation->column(id.attribute);
  return column == nullptr ? "attribute " + std::to_string(id.attribute) : column->name;
}

std::set<ColumnId> masked_columns(const policy::Decision& decision) {
  std::set<ColumnId> columns;
  for (const policy::Obligation& obligation : decision.obligations) {
    if (const auto* mask = std::get_if<policy::MaskColumn>(&obligation)) columns.insert(mask->column);
  }
  return columns;
}

}  // namespace

audit::StatementFacts facts_of(const plan::TextPlan& plan, std::size_t statement, const auth::Identity& identity,
                               const DatabaseAlias& database, const plan::Snapshot& snapshot) {
  const sql::Analysis& analysis = plan.statements[statement].analysis;
  const policy::Decision& decision = plan.statements[statement].decision;
  const std::set<ColumnId> masked = masked_columns(decision);
  audit::StatementFacts facts;
  facts.identity = identity;
  facts.database = database;
  facts.kind = analysis.kind;
  facts.actions = analysis.actions;
  facts.verdict = decision.verdict;
  facts.reasons = decision.reasons;
  facts.text_digest = plan.text_digest;
  std::set<std::string> tables;
  for (const sql::RelationAccess& access : analysis.relations) tables.insert(table_name(access.relation, *snapshot.catalog));
  for (const sql::ColumnUse& use : analysis.uses) {
    if (use.column == sql::kStorageOfAnyRelation) continue;
    audit::ColumnUsage usage;
    usage.table = table_name(use.column.relation, *snapshot.catalog);
    usage.column = column_name(use.column, *snapshot.catalog);
    const auto tags = snapshot.tags.tags_of(use.column);
    usage.tags.assign(tags.begin(), tags.end());
    usage.masked = masked.contains(use.column);
    usage.use = use.use;
    tables.insert(usage.table);
    facts.columns.push_back(std::move(usage));
  }
  facts.tables.assign(tables.begin(), tables.end());
  facts.output_columns = static_cast<std::uint32_t>(analysis.outputs.size());
  facts.versions = plan.versions;
  return facts;
}

}  // namespace sluice::control
