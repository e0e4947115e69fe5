#include "plan/plan_statement.h"

#include <algorithm>
#include <utility>

#include "plan/notifications.h"
#include "plan/plan_opaque.h"
#include "plan/row_fields.h"
#include "policy/merge.h"
#include "sql/protected_relations.h"

namespace sluice::plan {
namespace {

/// What everybody is shown as null. Only where it is looked at: most queries over the catalog then stay as they are.
void add_hidden(const sql::Analysis& analysis, const sql::Catalog& catalog, sql::Masks& masks) {
  const auto add = [&](ColumnId id) {
    const sql::Relation* relation = catalog.relation(id.relation);
    if (relation == nullptr || !relation->system) return;
    const sql::Column* column = relation->column(id.attribute);
    const auto hidden = sql::hidden_columns(relation->schema, relation->name);
    if (column != nullptr && std::find(hidden.begin(), hidden.end(), column->name) != hidden.end()) masks.emplace_back(id, sql::NullMask{});
  };
  for (const sql::ColumnUse& use : analysis.uses) add(use.column);
  for (const sql::OutputColumn& output : analysis.outputs) {
    for (const sql::FlowSource& source : output.flow) add(source.column);
  }
}

/// The masks of all statements of the text: one text is rewritten as a whole.
sql::Masks masks_of(const std::vector<StatementPlan>& statements, const sql::Catalog& catalog) {
  sql::Masks masks;
  for (const StatementPlan& statement : statements) add_hidden(statement.analysis, catalog, masks);
  for (const StatementPlan& statement : statements) {
    for (const policy::Obligation& obligation : statement.decision.obligations) {
      if (const auto* mask = std::get_if<policy::MaskColumn>(&obligation)) masks.emplace_back(mask->column, mask->function);
    }
  }
  std::stable_sort(masks.begin(), masks.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  sql::Masks merged;
  for (auto& mask : masks) {
    if (merged.empty() || merged.back().first != mask.first) {
      merged.push_back(std::move(mask));
    } else {
      merged.back().second = policy::stricter(merged.back().second, mask.second);
    }
  }
  return merged;
}

/// Preparing runs nothing: who must agree is asked when it is executed, with its parameters.
void hold_when_executed(policy::Decision& decision) {
  if (decision.verdict == policy::Verdict::hold) decision.verdict = policy::Verdict::allow;
  std::erase_if(decision.obligations, [](const policy::Obligation& obligation) { return !std::holds_alternative<policy::MaskColumn>(obligation); });
}

Status check_listen(const PlanInput& input) {
  if (may_hear_notifications(input.identity, input.database, input.snapshot)) return Done{};
  return make_error(ErrorKind::denied, "permission denied for LISTEN: triggers of this database could notify of masked values",
                    "Poll the table instead.");
}

/// Would the text of the rewritten statement, and with it the key of a pseudonym, be shown or kept?
bool shows_its_text(sql::StatementKind kind) {
  switch (kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::insert:
    case sql::StatementKind::update:
    case sql::StatementKind::delete_:
    case sql::StatementKind::merge:
    case sql::StatementKind::copy_out:
    case sql::StatementKind::copy_in:
    case sql::StatementKind::declare_cursor:
    case sql::StatementKind::prepare:
    case sql::StatementKind::create_table_as:
      return false;
    case sql::StatementKind::copy_server_file:
    case sql::StatementKind::explain:
    case sql::StatementKind::begin:
    case sql::StatementKind::commit:
    case sql::StatementKind::rollback:
    case sql::StatementKind::savepoint:
    case sql::StatementKind::release_savepoint:
    case sql::StatementKind::rollback_to_savepoint:
    case sql::StatementKind::set_setting:
    case sql::StatementKind::reset_setting:
    case sql::StatementKind::show_setting:
    case sql::StatementKind::discard:
    case sql::StatementKind::fetch:
    case sql::StatementKind::close_cursor:
    case sql::StatementKind::execute:
    case sql::StatementKind::deallocate:
    case sql::StatementKind::listen:
    case sql::StatementKind::unlisten:
    case sql::StatementKind::notify:
    case sql::StatementKind::lock_table:
    case sql::StatementKind::truncate:
    case sql::StatementKind::create_temporary:
    case sql::StatementKind::ddl:
    case sql::StatementKind::role:
    case sql::StatementKind::secret_rotation:
    case sql::StatementKind::maintenance:
    case sql::StatementKind::code:
    case sql::StatementKind::two_phase:
    case sql::StatementKind::unknown:
    case sql::StatementKind::function_call:
    case sql::StatementKind::replication:
      return true;
  }
  return true;
}

Status check_pseudonyms(const std::vector<StatementPlan>& statements, const sql::Masks& masks) {
  const bool any = std::any_of(masks.begin(), masks.end(), [](const auto& mask) { return std::holds_alternative<sql::PseudonymMask>(mask.second); });
  if (!any) return Done{};
  for (const StatementPlan& statement : statements) {
    const bool uses = std::any_of(statement.decision.obligations.begin(), statement.decision.obligations.end(), [](const auto& obligation) {
      const auto* mask = std::get_if<policy::MaskColumn>(&obligation);
      return mask != nullptr && std::holds_alternative<sql::PseudonymMask>(mask->function);
    });
    if (!uses || !shows_its_text(statement.analysis.kind)) continue;
    return make_error(ErrorKind::denied, "permission denied: this kind of statement on a relation whose columns are masked by pseudonyms",
                      "Its text, and with it the key of the pseudonyms, could be looked at afterwards.");
  }
  return Done{};
}

}  // namespace

policy::Verdict TextPlan::verdict() const {
  policy::Verdict strictest = policy::Verdict::allow;
  for (const StatementPlan& statement : statements) strictest = std::max(strictest, statement.decision.verdict);
  return strictest;
}

Result<std::shared_ptr<const TextPlan>> plan_statement(const PlanInput& input) {
  const Snapshot& snapshot = input.snapshot;
  const policy::Grading grading = policy::grade_of(*snapshot.policy, input.identity, input.database);
  if (grading.grade == policy::Grade::audit_only) return plan_for_the_record(input, grading);
  sql::NameContext names = input.names;
  names.allowed_functions = snapshot.policy->allowed_functions;
  SLUICE_TRY(analysed, sql::analyse_text(input.text, snapshot.catalog, names, input.limits));
  auto plan = std::make_shared<TextPlan>();
  plan->versions = snapshot.versions;
  plan->text_digest = sha256(input.text);
  for (const sql::Analysis& analysis : analysed.statements()) {
    if (analysis.kind == sql::StatementKind::listen) SLUICE_CHECK(check_listen(input));
    policy::Decision decision = policy::decide(*snapshot.policy, input.identity, input.database, analysis, *snapshot.catalog, snapshot.tags);
    if (analysis.kind == sql::StatementKind::prepare) hold_when_executed(decision);
    plan->statements.push_back({analysis, std::move(decision), row_fields(analysis, *snapshot.catalog)});
  }
  if (plan->verdict() != policy::Verdict::deny) {
    const sql::Masks masks = masks_of(plan->statements, *snapshot.catalog);
    SLUICE_CHECK(check_pseudonyms(plan->statements, masks));
    SLUICE_TRY(upstream, sql::rewrite(analysed, input.text, masks));
    // Nothing to mask and every name written as it resolves: the agent's own bytes are as good.
    if (upstream.text() != input.text) plan->upstream = std::move(upstream);
  }
  return std::shared_ptr<const TextPlan>(std::move(plan));
}

}  // namespace sluice::plan
