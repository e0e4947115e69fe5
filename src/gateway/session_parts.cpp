// A Query whose statements must be planned one after the other, because one changes what names mean in the
// next. Each goes up when the one before has run, as a pipeline of the extended protocol: its statements are one
// implicit transaction too, and an error skips the rest.
#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "plan/plan_statement.h"
#include "protocol/sqlstate.h"
#include "sql/split.h"

namespace sluice::gateway {

using protocol::Fate;
using protocol::Owed;

namespace {
std::int32_t characters(std::string_view text) {
  return static_cast<std::int32_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// What a Query's text cannot have, or a pipeline cannot do as a Query does it.
Status check_part(const sql::Analysis& analysis) {
  if (analysis.parameters > 0 && analysis.kind != sql::StatementKind::prepare) {
    return make_error(ErrorKind::undefined_object, "there is no parameter $1");
  }
  if (analysis.kind == sql::StatementKind::copy_in) {
    return make_error(ErrorKind::not_supported, "COPY FROM STDIN is not supported in a text whose statements must be planned one after the other",
                      "Send the statements one by one.");
  }
  return Done{};
}
}  // namespace

net::awaitable<Status> Session::query_in_parts(std::string text) {
  const sql::ParseLimits limits{config_->limits.max_statement_bytes, config_->limits.max_statement_depth};
  auto ranges = sql::split_text(text, limits);
  if (!ranges.ok()) co_return co_await refuse_query(std::move(ranges.error()));
  bool sent = false;
  for (const sql::ByteRange& range : *ranges) {
    const std::string_view source = std::string_view(text).substr(range.begin, range.size);
    const std::int32_t begins = characters(std::string_view(text).substr(0, range.begin));
    SLUICE_CO_TRY(goes_on, co_await send_part(source, begins, !sent));
    if (!goes_on && !sent) co_return Done{};  // refused, and answered as a whole
    if (!goes_on) break;
    sent = true;
  }
  if (!skips()) {
    ReplyContext context;
    context.part = true;
    ledger_.expect({Owed::close, Fate::swallow, std::move(context)});
  }
  upstream_->end_parts();
  upstream_fails_ = false;
  extended_open_ = false;
  ledger_.expect({Owed::sync, Fate::forward, {}});
  co_return Done{};
}

net::awaitable<Result<bool>> Session::refuse_part(Error error, std::int32_t begins, bool first) {
  if (error.position > 0) error.position += begins;
  if (first) {
    SLUICE_CO_CHECK(co_await refuse_query(std::move(error)));
  } else {
    SLUICE_CO_CHECK(co_await refuse_extended(std::move(error)));
  }
  co_return false;
}

/// False: the statement was refused, or one before it failed.
net::awaitable<Result<bool>> Session::send_part(std::string_view source, std::int32_t begins, bool first) {
  const Status named = co_await prepare_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_part(named.error(), begins, first);
  if (!named.ok()) co_return named.error();
  if (skips()) co_return false;
  auto planned = co_await plan(source, names_.current());
  ResolvedText resolved;
  if (planned.ok()) {
    auto looked_up = co_await resolve_indirect(std::move(*planned));
    if (looked_up.ok()) resolved = std::move(*looked_up);
    else planned = std::move(looked_up.error());
  }
  if (planned.ok()) {
    const Status fits = check_part(resolved.text->plan->statements.front().analysis);
    if (!fits.ok()) planned = fits.error();
  }
  if (!planned.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, planned.error().kind, source));
    co_return co_await refuse_part(std::move(planned.error()), begins, first);
  }
  RequestId approved_by;
  if (!runs_freely(*resolved.text->plan)) {
    const std::string held = held_source(resolved, source);
    auto leave = co_await obtain_leave(*resolved.text, held, source, {}, nullptr, nullptr);
    if (!leave.ok()) {
      if (leave.error().message.empty() && !first) co_return false;
      if (leave.error().message.empty()) {  // the upstream's own error went out
        SLUICE_CO_CHECK(co_await to_agent_->write(ready_for_query()));
        co_return false;
      }
      SLUICE_CO_CHECK(co_await record_refusal(resolved.text->facts.front(), leave.error().kind, source));
      co_return co_await refuse_part(std::move(leave.error()), begins, first);
    }
    approved_by = std::move(*leave);
  }
  auto permit = co_await obtain_permit(worker_.recorder, resolved.text, id_, next_statement_, std::move(approved_by), worker_.gateway.clock);
  if (!permit.ok()) co_return co_await refuse_part(std::move(permit.error()), begins, first);
  next_statement_ += resolved.text->facts.size();
  note_definition(*permit->running(), source, names_.current());
  if (resolved.fetches) permit->running()->rows_of = resolved.fetches->text;
  if (first && transaction_ == protocol::TransactionStatus::idle && !extended_open_) begin_parts();
  upstream_->part(*permit, source, resolved.fetches && resolved.fetches->binary);
  extended_open_ = true;
  for (const Owed owed : {Owed::parse, Owed::bind, Owed::describe_portal, Owed::execute}) {
    ReplyContext context;
    context.part = true;
    context.part_begins = begins;
    context.described = resolved.fetches ? resolved.fetches->text : resolved.text;
    if (owed == Owed::parse) context.change = ReplyContext::Change::drop_statement;  // a Query ends the unnamed statement
    if (owed == Owed::execute) context.running = permit->running();
    ledger_.expect({owed, Fate::forward, std::move(context)});
  }
  send_flags(*resolved.text);
  co_return true;
}

// From its first statement on a text of several is a transaction block for PostgreSQL; a pipeline is one from its
// second on.
void Session::begin_parts() {
  upstream_->begin_parts();
  for (const Owed owed : {Owed::parse, Owed::bind, Owed::execute}) ledger_.expect({owed, Fate::swallow, {}});
}

}  // namespace sluice::gateway
