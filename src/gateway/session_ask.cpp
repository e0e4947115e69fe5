// Questions of our own to the upstream, between two messages of the agent.
#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/session.h"
#include "plan/row_counting.h"

namespace sluice::gateway {

using protocol::Fate;
using protocol::Owed;

net::awaitable<Status> Session::settle() {
  if (!ledger_.empty() && extended_open_) upstream_->flush_request();
  co_return co_await await_answers();
}

net::awaitable<Status> Session::await_answers() {
  SLUICE_CO_CHECK(co_await flush_upstream());
  note_activity();
  while (!over_ && (!ledger_.empty() || relay_busy_)) {
    if (ledger_.awaits_copy_data()) co_return make_error(ErrorKind::protocol_violation, "unexpected message during COPY from stdin");
    (void)co_await progress_.wait();
  }
  if (over_) co_return make_error(ErrorKind::upstream_unavailable, "the connection to the upstream server was lost");
  co_return Done{};
}

net::awaitable<Result<std::shared_ptr<OwnQuestion>>> Session::ask(std::string_view sql, const protocol::BindView* bind,
                                                                  const std::vector<Oid>* types, protocol::Fate fate) {
  auto question = std::make_shared<OwnQuestion>();
  std::string type_storage;
  const auto type_view = types == nullptr ? protocol::WireArrayView<Oid>{} : protocol::WireArrayView<Oid>::make(type_storage, *types);
  // Inside the agent's own pipeline a Sync of ours would commit half of it; one that has prepared, and no more, has nothing to commit.
  const bool sync = !extended_open_ || (!pipeline_ran_ && !ledger_.skipping());
  upstream_->ask(sql, bind == nullptr ? protocol::BindView{} : *bind, type_view, sync);
  for (const Owed owed : {Owed::parse, Owed::bind, Owed::execute, Owed::close, Owed::close}) {
    ReplyContext context;
    context.question = question;
    ledger_.expect({owed, fate, std::move(context)});
  }
  if (sync) {
    ReplyContext context;
    context.question = question;
    ledger_.expect({Owed::sync, fate, std::move(context)});
  }
  asking_ = true;
  const Status settled = co_await await_answers();  // the question ends with a Sync or Flush of its own
  asking_ = false;
  if (!settled.ok()) co_return settled.error();
  if (std::exchange(cancel_requested_, false)) co_return make_error(ErrorKind::canceled, "canceling statement due to user request");
  co_return question;
}

namespace {
// Whatever changes what a literal, a cast or a search in a text means. Others cannot be set by an agent.
constexpr std::string_view kSettingsQuestion =
    "SELECT pg_catalog.array_to_json(ARRAY(SELECT pg_catalog.concat(s.name, '=', pg_catalog.current_setting(s.name)) FROM (VALUES "
    "('DateStyle'), ('IntervalStyle'), ('TimeZone'), ('bytea_output'), ('default_text_search_config'), ('extra_float_digits'), "
    "('lc_monetary'), ('lc_numeric'), ('lc_time'), ('xmlbinary'), ('xmloption')) AS s (name)))";

Result<std::optional<std::uint64_t>> planned_rows(const OwnQuestion& question) {
  if (question.rows.size() != 1 || question.rows.front().size() != 1) return make_error(ErrorKind::internal, "unexpected answer to EXPLAIN");
  const auto plan = nlohmann::json::parse(question.rows.front().front(), nullptr, false);
  if (!plan.is_array() || plan.empty() || !plan[0].contains("Plan")) return make_error(ErrorKind::internal, "unexpected answer to EXPLAIN");
  const nlohmann::json* node = &plan[0]["Plan"];
  // Without RETURNING a write's own node gives no rows; those that it writes come from below it.
  if (node->value("Node Type", "") == "ModifyTable" && node->value("Plan Rows", 0.0) == 0.0 && node->contains("Plans") && !(*node)["Plans"].empty()) {
    node = &(*node)["Plans"][0];
  }
  if (!node->contains("Plan Rows") || !(*node)["Plan Rows"].is_number()) return make_error(ErrorKind::internal, "unexpected answer to EXPLAIN");
  const double rows = (*node)["Plan Rows"].get<double>();
  return std::optional<std::uint64_t>(rows < 0 ? 0 : static_cast<std::uint64_t>(rows));
}
}  // namespace

/// An error with an empty message: the upstream's own error went to the agent, as in a transaction that has failed.
net::awaitable<Result<std::vector<std::string>>> Session::ask_settings() {
  SLUICE_CO_CHECK(co_await settle());
  if (ledger_.skipping()) co_return Error{};
  auto answer = co_await ask(kSettingsQuestion, nullptr, nullptr);
  if (!answer.ok()) co_return std::move(answer).error();
  if ((*answer)->failed) co_return Error{};
  std::vector<std::string> settings;
  const auto& rows = (*answer)->rows;
  const auto listed = nlohmann::json::parse(rows.empty() || rows.front().empty() ? std::string() : rows.front().front(), nullptr, false);
  if (!listed.is_array()) co_return make_error(ErrorKind::internal, "unexpected answer about settings");
  for (const auto& setting : listed) {
    if (setting.is_string()) settings.push_back(setting.get<std::string>());
  }
  // Settings that the upstream does not know by itself came with the start-up packet.
  for (const auto& [name, value] : upstream_->key().settings) {
    if (name.find('.') != std::string::npos || name == "options") settings.push_back(name + "=" + value);
  }
  co_return settings;
}

/// For people alone. The planner sees the statement before anybody has agreed, so only where that leaves nothing behind: outside a
/// transaction, whose locks would stay, and where planning runs no code that nobody has looked at. Errors are nobody's business.
net::awaitable<std::optional<std::uint64_t>> Session::estimate_for_card(const PlannedText& text, std::string_view source,
                                                                        const protocol::BindView* bind, const std::vector<Oid>* types) {
  const auto& statements = text.plan->statements;
  const bool open = transaction_ != protocol::TransactionStatus::idle || (extended_open_ && pipeline_ran_);
  if (open || statements.size() != 1) co_return std::nullopt;
  const sql::Analysis& analysis = statements.front().analysis;
  if (analysis.runs_listed_code || !analysis.unknown_code.empty()) co_return std::nullopt;
  const auto& upstream = text.plan->upstream;
  const auto question_text = plan::text_to_estimate(analysis, upstream ? std::string_view(upstream->text()) : source);
  if (!question_text) co_return std::nullopt;
  const std::string sql = "EXPLAIN (FORMAT JSON) " + *question_text;
  const bool copy = analysis.kind == sql::StatementKind::copy_out;
  auto answer = co_await ask(sql, copy ? nullptr : bind, copy ? nullptr : types, protocol::Fate::swallow_all);
  if (!answer.ok() || (*answer)->failed) co_return std::nullopt;
  const auto rows = planned_rows(**answer);
  co_return rows.ok() ? *rows : std::nullopt;
}

net::awaitable<Result<std::optional<std::uint64_t>>> Session::estimate_rows(const PlannedText& text, std::string_view source,
                                                                           const protocol::BindView* bind, const std::vector<Oid>* types) {
  SLUICE_CO_CHECK(co_await settle());
  if (ledger_.skipping()) co_return std::optional<std::uint64_t>{};  // what came before has failed
  // The planner is asked about exactly what would run, with its parameters, settings and temporary tables.
  const auto& upstream = text.plan->upstream;
  const std::string sql = "EXPLAIN (FORMAT JSON) " + (upstream ? upstream->text() : std::string(source));
  auto answer = co_await ask(sql, bind, types);
  if (!answer.ok()) co_return std::move(answer).error();
  const OwnQuestion& question = **answer;
  if (question.failed) co_return std::optional<std::uint64_t>{};
  co_return planned_rows(question);
}

}  // namespace sluice::gateway
