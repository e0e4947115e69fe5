// The session's time limits. One timer serves them all: what the session is doing says which one runs.
#include <utility>

#include "gateway/session.h"

namespace sluice::gateway {

using protocol::TransactionStatus;
using std::chrono::seconds;

namespace {
// An upstream that does not obey a cancel within this time is given up.
constexpr seconds kCancelGrace{10};

std::size_t index_of(Activity activity) { return static_cast<std::size_t>(activity); }

seconds limit_of(Activity activity, const config::SessionLimits& limits) {
  switch (activity) {
    case Activity::login: return seconds(0);  // the connection's own deadline
    case Activity::idle: return limits.idle_session_timeout;
    case Activity::in_transaction: return limits.idle_in_transaction_timeout;
    case Activity::running: return limits.statement_timeout;
    case Activity::held: return limits.hold_timeout;
  }
  return seconds(0);
}
}  // namespace

Activity Session::activity() const noexcept {
  if (!opened_) return Activity::login;
  if (holding_) return Activity::held;
  if (!ledger_.empty()) return Activity::running;
  // A pipeline that was not ended by a Sync keeps its transaction open.
  return transaction_ != TransactionStatus::idle || extended_open_ ? Activity::in_transaction : Activity::idle;
}

void Session::note_activity() {
  const Activity now = activity();
  if (now == doing_ && (now != Activity::running || ended_statements_ == ended_statements_seen_)) return;
  worker_.metrics.sessions[index_of(doing_)].subtract();
  worker_.metrics.sessions[index_of(now)].add();
  doing_ = now;
  ended_statements_seen_ = ended_statements_;
  statement_timed_out_ = false;
  // A replication stream is a statement without end, for PostgreSQL's own time limit too.
  const bool streams = replication_ && now == Activity::running;
  const seconds limit = limit_of(now, *limits_);
  set_alarm(streams || limit == seconds(0) ? net::kNever : worker_.now() + limit);
}

void Session::set_alarm(net::Deadline deadline) {
  if (deadline == deadline_) return;
  deadline_ = deadline;
  alarm_.set(deadline, [this] { look_at_clock(); });
}

void Session::look_at_clock() {
  if (over_ || deadline_ == net::kNever || worker_.now() < deadline_) return;
  deadline_ = net::kNever;
  switch (doing_) {
    case Activity::login: return;
    case Activity::idle:
      worker_.metrics.hit(Limit::idle_session_timeout);
      return end_idle(make_error(ErrorKind::idle_session_timeout, "terminating connection due to idle-session timeout"));
    case Activity::in_transaction:
      worker_.metrics.hit(Limit::idle_in_transaction_session_timeout);
      return end_idle(make_error(ErrorKind::idle_in_transaction_timeout, "terminating connection due to idle-in-transaction timeout"));
    case Activity::running:
      if (!statement_timed_out_) {
        worker_.metrics.hit(Limit::statement_timeout);
        statement_timed_out_ = true;
        cancel();
        return set_alarm(worker_.now() + kCancelGrace);
      }
      return end_at_once(make_error(ErrorKind::timed_out, "terminating connection because a statement did not end within its time limit"));
    case Activity::held:
      worker_.metrics.hit(Limit::hold_timeout);
      hold_timed_out_ = true;
      hold_canceled_ = true;
      return hold_.notify();
  }
}

void Session::end_idle(Error why) {
  ending_ = std::move(why);
  ends_idle_ = true;
  agent_->set_deadline(std::chrono::steady_clock::now());  // ends the agent's side, which says why before it closes
}

// Nothing else gives the agent's connection a deadline of which the session does not know.
void Session::note_stuck_write(const Error& error) {
  if (!over_ && !ending_ && error.kind == ErrorKind::timed_out) worker_.metrics.hit(Limit::write_timeout);
}

void Session::end_at_once(Error why) {
  if (over_) return;
  if (admin_ && opened_) return end_admin(std::move(why));
  ending_ = std::move(why);
  ends_idle_ = false;
  if (!registered_) return agent_->set_deadline(std::chrono::steady_clock::now());  // still logging in
  constexpr seconds kLastWords{2};
  agent_->set_deadline(std::chrono::steady_clock::now() + kLastWords);
  hold_canceled_ = true;
  hold_.notify();
  upstream_->stream().close();  // ends the upstream's side, which says why
  if (!ledger_.empty()) cancel();
}

}  // namespace sluice::gateway
