// Questions of our own to the upstream, between two messages of the agent.
#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/session.h"

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
  // Inside the agent's own pipeline a Sync of ours would commit half of it.
  const bool sync = !extended_open_;
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
  if (question.rows.size() != 1 || question.rows.front().size() != 1) {
    co_return make_error(ErrorKind::internal, "unexpected answer to EXPLAIN");
  }
  const auto plan = nlohmann::json::parse(question.rows.front().front(), nullptr, false);
  if (!plan.is_array() || plan.empty() || !plan[0].contains("Plan") || !plan[0]["Plan"].contains("Plan Rows")) {
    co_return make_error(ErrorKind::internal, "unexpected answer to EXPLAIN");
  }
  const double rows = plan[0]["Plan"]["Plan Rows"].get<double>();
  co_return std::optional<std::uint64_t>(rows < 0 ? 0 : static_cast<std::uint64_t>(rows));
}

}  // namespace sluice::gateway
