// What a session may use: memory, prepared statements, cursors, answers that are owed.
#include <string>

#include "gateway/session.h"

namespace sluice::gateway {

namespace {
constexpr std::size_t kClaimStep = 64 * 1024;  // smaller changes are not worth the shared counter
constexpr std::size_t kLargeText = 4096;
constexpr std::size_t kBytesOwed = 400;        // an entry of the ledger, about

Error too_many(std::string_view what, std::uint64_t limit, std::string hint) {
  return make_error(ErrorKind::too_many_objects, "too many " + std::string(what) + " in this session, the limit is " + std::to_string(limit),
                    std::move(hint));
}
}  // namespace

Status Session::check_memory() {
  const std::uint64_t held = from_agent_.capacity() + upstream_->buffered() + objects_.statement_bytes() + ledger_.size() * kBytesOwed;
  const std::uint64_t steps = held / kClaimStep * kClaimStep;
  if (steps == claimed_memory_) return Done{};
  std::atomic<std::uint64_t>& total = worker_.gateway.memory;
  if (steps < claimed_memory_) {
    total.fetch_sub(claimed_memory_ - steps, std::memory_order_relaxed);
    claimed_memory_ = steps;
    return Done{};
  }
  if (limits_->max_session_memory != 0 && held > limits_->max_session_memory) {
    worker_.metrics.hit(Limit::max_session_memory);
    return make_error(ErrorKind::out_of_memory, "out of memory: the session holds more than " + std::to_string(limits_->max_session_memory) + " bytes",
                      "close prepared statements, or send smaller messages");
  }
  const std::uint64_t more = steps - claimed_memory_;
  const std::uint64_t limit = config_->limits.max_memory;
  if (total.fetch_add(more, std::memory_order_relaxed) + more > limit && limit != 0) {
    total.fetch_sub(more, std::memory_order_relaxed);
    worker_.metrics.hit(Limit::max_memory);
    return make_error(ErrorKind::out_of_memory, "out of memory", "try again later, or send smaller messages");
  }
  claimed_memory_ = steps;
  return Done{};
}

Status Session::check_new_statement(std::string_view name, std::size_t size) {
  if (name.empty()) return Done{};
  const std::uint64_t limit = limits_->max_prepared_statements;
  if (limit != 0 && objects_.statement_count(ledger_, limit) >= limit) {
    worker_.metrics.hit(Limit::max_prepared_statements);
    return too_many("prepared statements", limit, "close or DEALLOCATE some");
  }
  // Small ones are bounded by their number.
  if (size < kLargeText || limits_->max_session_memory == 0) return Done{};
  if (objects_.statement_bytes(ledger_) + SessionObjects::statement_bytes(size) > limits_->max_session_memory / 2) {
    worker_.metrics.hit(Limit::max_session_memory);
    return make_error(ErrorKind::out_of_memory, "out of memory: prepared statements take too much of it", "close or DEALLOCATE some");
  }
  return Done{};
}

Status Session::check_new_portal(std::string_view name) {
  const std::uint64_t limit = limits_->max_cursors;
  if (name.empty() || limit == 0 || objects_.portal_count(ledger_, limit) < limit) return Done{};
  worker_.metrics.hit(Limit::max_cursors);
  return too_many("cursors", limit, "close some");
}

Status Session::check_new_objects(const plan::TextPlan& plan) {
  for (const plan::StatementPlan& statement : plan.statements) {
    const sql::Analysis& analysis = statement.analysis;
    if (const auto* prepared = std::get_if<sql::PreparedUse>(&analysis.session_change);
        prepared != nullptr && analysis.kind == sql::StatementKind::prepare) {
      SLUICE_CHECK(check_new_statement(prepared->statement, 0));
    }
    if (const auto* cursor = std::get_if<sql::CursorUse>(&analysis.session_change);
        cursor != nullptr && analysis.kind == sql::StatementKind::declare_cursor) {
      SLUICE_CHECK(check_new_portal(cursor->cursor));
    }
  }
  return Done{};
}

net::awaitable<Status> Session::bound_pipeline() {
  worker_.metrics.hit(Limit::pipeline);
  if (extended_open_) upstream_->flush_request();
  SLUICE_CO_CHECK(co_await flush_upstream());
  note_activity();
  pipeline_full_ = true;
  // The upstream answers nothing while it waits for COPY data, and those are still unread here.
  while (!over_ && ledger_.size() >= kMaxOwed / 2 && !ledger_.awaits_copy_data()) (void)co_await progress_.wait();
  pipeline_full_ = false;
  if (ledger_.size() >= kMaxOwed && !over_) co_return make_error(ErrorKind::protocol_violation, "too many messages during COPY from stdin");
  co_return Done{};
}

net::awaitable<Status> Session::flush_upstream() {
  worker_.metrics.bytes_to_upstreams.add(upstream_->buffered());
  return upstream_->flush();
}

void Session::count_statements(const plan::TextPlan& plan) {
  for (const plan::StatementPlan& statement : plan.statements) {
    worker_.metrics.statements[static_cast<std::size_t>(statement.decision.verdict)][static_cast<std::size_t>(statement.analysis.kind)].add();
  }
}

}  // namespace sluice::gateway
