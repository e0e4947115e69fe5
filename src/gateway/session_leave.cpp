// Who must be asked before a text may run, and what its approval is for.
#include <algorithm>
#include <set>
#include <utility>

#include "control/statement_facts_of.h"
#include "gateway/session.h"
#include "plan/plan_statement.h"
#include "plan/row_counting.h"
#include "plan/statement_shape.h"
#include "policy/names.h"

namespace sluice::gateway {

using policy::HoldAboveEstimate;
using policy::Verdict;

namespace {
struct Obligations {
  std::optional<policy::RequireApproval> requirement;
  std::optional<HoldAboveEstimate> bound;
};

Obligations obligations_of(const plan::TextPlan& plan) {
  Obligations found;
  for (const plan::StatementPlan& statement : plan.statements) {
    for (const policy::Obligation& obligation : statement.decision.obligations) {
      if (const auto* require = std::get_if<policy::RequireApproval>(&obligation); require != nullptr && !found.requirement) {
        found.requirement = *require;
      }
      if (const auto* above = std::get_if<HoldAboveEstimate>(&obligation)) {
        if (!found.bound || above->rows < found.bound->rows) found.bound = *above;
      }
    }
  }
  return found;
}

bool can_be_explained(const plan::TextPlan& plan) {
  if (plan.statements.size() != 1) return false;
  const sql::Analysis& analysis = plan.statements.front().analysis;
  return analysis.kind != sql::StatementKind::copy_out && plan::text_to_estimate(analysis, {});
}

Digest digest_of(std::string_view text, const std::vector<approvals::Parameter>& parameters) {
  FieldDigest digest;
  digest.add(text);
  for (const approvals::Parameter& parameter : parameters) {
    digest.add(parameter.null ? "null" : parameter.binary ? "binary" : "text");
    digest.add(parameter.value);
  }
  return digest.finish();
}

std::string relation_name(Oid oid, const sql::Catalog& catalog) {
  const sql::Relation* relation = catalog.relation(oid);
  return relation == nullptr ? "oid " + std::to_string(oid) : policy::written_name(relation->schema, relation->name);
}

// The strictest of what its statements allow.
plan::RowCounting counting_of(const plan::TextPlan& plan, std::string_view source) {
  plan::RowCounting counting = plan::RowCounting::no_rows;
  for (const plan::StatementPlan& statement : plan.statements) {
    counting = std::max(counting, plan::row_counting(statement.analysis, source));
  }
  return counting;
}

}  // namespace

Error Session::uncountable_rows() {
  return make_error(ErrorKind::not_supported, "the rows of this kind of statement cannot be counted, and a rule limits them",
                    "Use statements whose rows can be counted: SELECT, INSERT, UPDATE, DELETE, MERGE, COPY TO in text format.");
}

bool Session::is_counted(const ResolvedText& resolved) {
  const auto& statements = resolved.text->plan->statements;
  if (resolved.fetches) return resolved.fetches->run && resolved.fetches->run->max_rows;
  if (!may_be_limited(*resolved.text->plan) || resolved.text->plan->verdict() == Verdict::deny) return false;
  return statements.size() > 1 || plan::row_counting(statements.front().analysis, {}) == plan::RowCounting::countable;
}

approvals::HeldStatement Session::describe_held(const PlannedText& text, std::string_view source,
                                                std::vector<approvals::Parameter> parameters) const {
  const sql::Catalog& catalog = *snapshot_->catalog;
  approvals::HeldStatement held;
  held.requester = identity_;
  held.database = database_;
  held.system_identifier = catalog.system_identifier();
  held.upstream_database = catalog.database();
  held.upstream_role = upstream_->key().user;
  held.statement = std::string(source);
  held.parameters = std::move(parameters);
  held.search_path = names_.current().search_path;
  held.versions = text.plan->versions;
  held.peer = agent_->peer();
  held.session = id_;
  held.application = upstream_->session().parameter("application_name");
  held.shape = plan::shape_of(*text.plan, source);
  std::set<std::string> objects;
  std::set<std::string> clear;
  for (std::size_t i = 0; i < text.plan->statements.size(); ++i) {
    const plan::StatementPlan& statement = text.plan->statements[i];
    for (const sql::Action action : statement.analysis.actions) held.actions.emplace_back(sql::to_text(action));
    for (const sql::RelationAccess& access : statement.analysis.relations) {
      const bool only_read = access.reads && !access.inserts && !access.updates && !access.deletes;
      if (!only_read) objects.insert(relation_name(access.relation, catalog));
    }
    const audit::StatementFacts facts = control::facts_of(*text.plan, i, identity_, database_, *snapshot_);
    for (const audit::ColumnUsage& column : facts.columns) {
      if (column.tags.empty()) continue;
      std::string name = column.table + "." + column.column;
      held.columns.push_back({std::move(name), column.tags, std::string(sql::to_text(column.use)), column.masked});
    }
    const auto& cleared = statement.decision.cleared;
    const auto add_cleared = [&](ColumnId id) {
      if (!std::binary_search(cleared.begin(), cleared.end(), id)) return;
      const sql::Relation* relation = catalog.relation(id.relation);
      const sql::Column* column = relation == nullptr ? nullptr : relation->column(id.attribute);
      if (column != nullptr) clear.insert(relation->schema + "." + relation->name + "." + column->name);
    };
    for (const sql::ColumnUse& use : statement.analysis.uses) add_cleared(use.column);
    for (const sql::OutputColumn& output : statement.analysis.outputs) {
      for (const sql::FlowSource& source_column : output.flow) add_cleared(source_column.column);
    }
  }
  held.objects.assign(objects.begin(), objects.end());
  held.clear_columns.assign(clear.begin(), clear.end());
  return held;
}

/// Asks whoever must be asked before the text may run. An error with an empty message means that the
/// upstream refused the statement while it was asked, and that its error has gone to the agent.
net::awaitable<Result<std::shared_ptr<ApprovedRun>>> Session::obtain_leave(const PlannedText& text, std::string_view held_text,
                                                                           std::string_view source,
                                                                           std::vector<approvals::Parameter> parameters,
                                                                           const protocol::BindView* bind, const std::vector<Oid>* types) {
  const plan::TextPlan& plan = *text.plan;
  if (plan.verdict() == Verdict::deny) co_return plan::denial_of(plan);
  auto [requirement, bound] = obligations_of(plan);
  const plan::RowCounting counting = counting_of(plan, source);
  auto run = std::make_shared<ApprovedRun>();
  run->statement = digest_of(held_text, parameters);
  const bool header = plan.statements.size() == 1 && plan.statements.front().analysis.kind == sql::StatementKind::copy_out;
  run->headers = header && plan::copies_header(source) ? 1 : 0;
  std::optional<std::uint64_t> estimate;
  if (!requirement && bound) {
    const bool was_above = std::find(above_actual_rows_.begin(), above_actual_rows_.end(), run->statement) != above_actual_rows_.end();
    bool below = !was_above && bound->rows == HoldAboveEstimate::kAnyEstimate;
    if (!was_above && !below && can_be_explained(plan)) {
      auto estimated = co_await estimate_rows(text, source, bind, types);
      if (!estimated.ok()) co_return std::move(estimated).error();
      if (!*estimated) co_return Error{};
      estimate = **estimated;
      below = *estimate <= bound->rows;
    }
    // What DECLARE opens is counted as it is fetched.
    const bool fetched = plan.statements.front().analysis.kind == sql::StatementKind::declare_cursor;
    const bool limited = bound->actual_rows.has_value() && (fetched || counting != plan::RowCounting::no_rows);
    if (below && !limited) co_return std::shared_ptr<ApprovedRun>();
    if (below && (fetched || counting == plan::RowCounting::countable)) {
      run->max_rows = bound->actual_rows;
      co_return run;
    }
    requirement = bound->approval;
  }
  if (!requirement) co_return make_error(ErrorKind::internal, "a held statement names no approvers");
  if (requirement->max_rows && counting == plan::RowCounting::uncountable) co_return uncountable_rows();
  auto settings = co_await ask_settings();
  if (!settings.ok()) co_return std::move(settings).error();
  if (!estimate) estimate = co_await estimate_for_card(text, source, bind, types);
  approvals::HeldStatement held = describe_held(text, held_text, std::move(parameters));
  held.settings = std::move(*settings);
  run->max_rows = requirement->max_rows;
  held.estimated_rows = estimate;
  auto status = co_await await_approval(std::move(held), std::move(*requirement), counting);
  if (!status.ok()) co_return std::move(status).error();
  run->request = std::move(status->id);
  if (status->max_rows) run->max_rows = std::min(run->max_rows.value_or(*status->max_rows), *status->max_rows);
  run->begun = run->ended = std::chrono::steady_clock::now();
  report_when_over(*run);
  co_return run;
}

}  // namespace sluice::gateway
