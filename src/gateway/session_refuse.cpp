// Errors of our own, at the place in the conversation where PostgreSQL's would be.
#include <cstdlib>
#include <string>
#include <utility>

#include "gateway/session.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using protocol::Fate;
using protocol::Owed;
using protocol::TransactionStatus;

namespace {
std::string error_bytes(const Error& error) {
  std::string bytes;
  protocol::error_response(error).encode(bytes);
  return bytes;
}

// A newer PostgreSQL would perhaps have understood the statement.
Error with_grammar_hint(Error error, const protocol::UpstreamSession& upstream) {
  if (error.message.starts_with("syntax error") && error.hint.empty() && std::atoi(std::string(upstream.parameter("server_version")).c_str()) > 15) {
    error.hint = "sluice understands the grammar of PostgreSQL 15";
  }
  return error;
}
}  // namespace

bool Session::upstream_untouched() const noexcept {
  return ledger_.empty() && !relay_busy_ && !extended_open_ && transaction_ == TransactionStatus::idle;
}

std::string Session::ready_for_query() const {
  std::string bytes;
  protocol::ReadyForQuery{transaction_}.encode(bytes);
  return bytes;
}

net::awaitable<Status> Session::refuse_query(Error error) {
  worker_.metrics.refused(error.kind);
  const std::string bytes = error_bytes(with_grammar_hint(std::move(error), upstream_->session()));
  if (upstream_untouched()) co_return co_await to_agent_->write(bytes + ready_for_query());
  // The upstream's transaction, or what waits before this in the pipeline, must fail as PostgreSQL's would.
  upstream_->fail_query();
  ReplyContext context;
  context.error = bytes;
  context.change = ReplyContext::Change::drop_statement;
  ledger_.expect({Owed::query, Fate::replace_error, std::move(context), false});
  co_return Done{};
}

net::awaitable<Status> Session::refuse_function_call(Error error) {
  worker_.metrics.refused(error.kind);
  const std::string bytes = error_bytes(error);
  if (upstream_untouched()) co_return co_await to_agent_->write(bytes + ready_for_query());
  upstream_->fail_function_call();
  ReplyContext context;
  context.error = bytes;
  ledger_.expect({Owed::function_call, Fate::replace_error, std::move(context)});
  co_return Done{};
}

net::awaitable<Status> Session::refuse_extended(Error error) {
  worker_.metrics.refused(error.kind);
  const std::string bytes = error_bytes(with_grammar_hint(std::move(error), upstream_->session()));
  if (upstream_untouched()) {
    skip_to_sync_ = true;
    co_return co_await to_agent_->write(bytes);
  }
  upstream_->fail_parse();
  extended_open_ = pipeline_ran_ = true;
  upstream_fails_ = true;
  ReplyContext context;
  context.error = bytes;
  ledger_.expect({Owed::parse, Fate::replace_error, std::move(context), false});
  co_return Done{};
}

net::awaitable<Status> Session::record_refusal(control::FactsRef facts, ErrorKind kind, std::string_view text) {
  control::StatementRecorder& recorder = worker_.recorder;
  const Digest digest = sha256(text);
  const Timestamp now = worker_.gateway.clock.now();
  const Status recorded = recorder.refused(facts, id_, identity_, database_, now, kind, digest);
  if (recorded.ok()) co_return Done{};
  SLUICE_CO_CHECK(co_await recorder.wait_for_room());
  co_return recorder.refused(facts, id_, identity_, database_, now, kind, digest);
}

}  // namespace sluice::gateway
