// EXECUTE, FETCH and MOVE: statements that run what was planned earlier, under a name of the session.
#include <utility>

#include "gateway/session.h"
#include "plan/plan_execution.h"

namespace sluice::gateway {

namespace {
const sql::PreparedUse* execution_in(const plan::TextPlan& plan) {
  if (plan.statements.size() != 1) return nullptr;
  const auto* use = std::get_if<sql::PreparedUse>(&plan.statements.front().analysis.session_change);
  return use != nullptr && use->executes ? use : nullptr;
}
const sql::CursorUse* fetch_in(const plan::TextPlan& plan) {
  if (plan.statements.size() != 1 || plan.statements.front().analysis.kind != sql::StatementKind::fetch) return nullptr;
  return std::get_if<sql::CursorUse>(&plan.statements.front().analysis.session_change);
}
}  // namespace

// Statements that name cursors or prepared statements are alone in their text: see sql::analyse_text().
bool Session::is_indirect(const PlannedText& text) { return execution_in(*text.plan) != nullptr || fetch_in(*text.plan) != nullptr; }

net::awaitable<Result<ResolvedText>> Session::resolve_indirect(std::shared_ptr<const PlannedText> text) {
  ResolvedText resolved{text, nullptr, nullptr};
  if (const auto* fetch = fetch_in(*text->plan)) {
    resolved.fetches = objects_.portal(fetch->cursor, ledger_);
    if (!resolved.fetches) co_return make_error(ErrorKind::undefined_cursor, "cursor \"" + fetch->cursor + "\" does not exist");
    // It was permitted when it was opened; its rows count as its own.
    auto own = std::make_shared<PlannedText>(*text);
    if (!resolved.fetches->text->facts.empty()) own->facts.front() = resolved.fetches->text->facts.front();
    resolved.text = std::move(own);
    co_return resolved;
  }
  const auto* execution = execution_in(*text->plan);
  if (execution == nullptr) co_return resolved;
  resolved.executes = objects_.statement(execution->statement, ledger_);
  if (!resolved.executes || execution->statement.empty()) {
    co_return make_error(ErrorKind::undefined_prepared_statement, "prepared statement \"" + execution->statement + "\" does not exist");
  }
  auto fresh = co_await freshen(*resolved.executes);
  if (!fresh.ok()) co_return std::move(fresh).error();
  if (last_execution_.text == text && last_execution_.prepared == *fresh && last_execution_.result->plan->versions == snapshot_->versions) {
    resolved.text = last_execution_.result;
    co_return resolved;
  }
  SLUICE_CO_TRY(plan, plan::plan_execution(*text->plan, *(*fresh)->plan, identity_, database_, *snapshot_));
  auto merged = worker_.plans.describe(std::move(plan), *scope_, *snapshot_);
  if (!merged.ok()) co_return std::move(merged).error();
  resolved.text = std::move(*merged);
  last_execution_ = {std::move(text), std::move(*fresh), resolved.text};
  co_return resolved;
}

// What PREPARE and DECLARE give the session once they have succeeded.
void Session::note_definition(RunningText& running, std::string_view source, const sql::NameContext& names) const {
  if (running.text->plan->statements.size() != 1) return;
  const sql::Analysis& analysis = running.text->plan->statements.front().analysis;
  if (analysis.kind == sql::StatementKind::prepare) {
    auto prepared = std::make_shared<PreparedStatement>();
    prepared->text = running.text;
    prepared->source.assign(source);
    prepared->names = names;
    prepared->published = published_->versions;
    running.prepares = std::move(prepared);
  }
  const auto* cursor = std::get_if<sql::CursorUse>(&analysis.session_change);
  if (cursor != nullptr && analysis.kind == sql::StatementKind::declare_cursor) {
    auto text = std::make_shared<PlannedText>(*running.text);
    text->plan = plan::cursor_query(*running.text->plan);
    auto portal = std::make_shared<Portal>();
    portal->text = std::move(text);
    portal->approved_by = running.approved_by;
    portal->run = running.run;
    portal->with_hold = cursor->with_hold;
    portal->binary = cursor->binary;
    running.declares = std::move(portal);
  }
}

std::string Session::held_source(const ResolvedText& resolved, std::string_view source) {
  if (!resolved.executes) return std::string(source);
  return resolved.executes->source + ";\n" + std::string(source);
}

}  // namespace sluice::gateway
