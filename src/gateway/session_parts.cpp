// A Query whose statements must be planned one after the other, because one changes what names mean in the
// next. Each goes up when the one before has run, in a pipeline of the extended protocol, where an error skips the
// rest. To PostgreSQL a text of several statements is a transaction block from the first one on; a pipeline is none.
// So it gets one of ours around it, unless the text has BEGIN, COMMIT and their like itself.
#include <algorithm>
#include <initializer_list>
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

// PostgreSQL tells of the rows of these once it has run them, and if they fail of none.
bool rows_are_late(const sql::Analysis& analysis) {
  return analysis.kind != sql::StatementKind::select ||
         std::any_of(analysis.relations.begin(), analysis.relations.end(),
                     [](const sql::RelationAccess& access) { return access.inserts || access.updates || access.deletes; });
}
}  // namespace

net::awaitable<Status> Session::query_in_parts(std::string text) {
  const sql::ParseLimits limits{config_->limits.max_statement_bytes, config_->limits.max_statement_depth};
  auto parts = sql::split_text(text, limits);
  if (!parts.ok()) co_return co_await refuse_query(std::move(parts.error()));
  const bool in_block = transaction_ == protocol::TransactionStatus::idle && !extended_open_ &&
                        std::none_of(parts->begin(), parts->end(), [](const sql::TextPart& part) { return part.controls_transaction; });
  bool sent = false;
  for (const sql::TextPart& part : *parts) {
    PartPlace place;
    place.source = std::string_view(text).substr(part.range.begin, part.range.size);
    place.begins = characters(std::string_view(text).substr(0, part.range.begin));
    place.first = !sent;
    place.in_block = in_block;
    place.last = &part == &parts->back();
    SLUICE_CO_TRY(goes_on, co_await send_part(place));
    if (!goes_on && !sent) co_return Done{};  // refused, and answered as a whole
    if (!goes_on) break;
    sent = true;
    if (ledger_.size() >= kMaxOwed) SLUICE_CO_CHECK(co_await bound_pipeline());
  }
  if (in_block) SLUICE_CO_CHECK(co_await settle());
  const bool failed = skips();
  upstream_->end_parts(in_block, failed);
  const auto expect_own = [this](std::initializer_list<Owed> messages) {
    for (const Owed owed : messages) {
      ReplyContext context;
      context.ends_block = owed == Owed::execute;
      ledger_.expect({owed, Fate::swallow, std::move(context)});
    }
  };
  if (in_block && failed) expect_own({Owed::sync});
  if (in_block) expect_own({Owed::parse, Owed::bind, Owed::execute});
  if (in_block || !failed) expect_own({Owed::close});
  upstream_fails_ = false;
  extended_open_ = pipeline_ran_ = false;
  ledger_.expect({Owed::sync, Fate::forward, {}});
  co_return Done{};
}

net::awaitable<Result<bool>> Session::refuse_part(Error error, const PartPlace& place) {
  if (error.position > 0) error.position += place.begins;
  if (place.first) {
    SLUICE_CO_CHECK(co_await refuse_query(std::move(error)));
  } else {
    SLUICE_CO_CHECK(co_await refuse_extended(std::move(error)));
  }
  co_return false;
}

/// False: the statement was refused, or one before it failed.
net::awaitable<Result<bool>> Session::send_part(const PartPlace& place) {
  const std::string_view source = place.source;
  const Status named = co_await prepare_names();
  if (!named.ok() && named.error().kind == ErrorKind::canceled) co_return co_await refuse_part(named.error(), place);
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
  if (planned.ok()) {
    count_statements(*resolved.text->plan);
    const Status room = check_new_objects(*resolved.text->plan);
    if (!room.ok()) planned = room.error();
  }
  if (!planned.ok()) {
    SLUICE_CO_CHECK(co_await record_refusal(0, planned.error().kind, source));
    co_return co_await refuse_part(std::move(planned.error()), place);
  }
  std::shared_ptr<ApprovedRun> run = resolved.fetches ? resolved.fetches->run : nullptr;
  if (!runs_freely(*resolved.text->plan)) {
    const std::string held = held_source(resolved, source);
    auto leave = co_await obtain_leave(*resolved.text, held, source, {}, nullptr, nullptr);
    if (!leave.ok()) {
      if (leave.error().message.empty() && !place.first) co_return false;
      if (leave.error().message.empty()) {  // the upstream's own error went out
        SLUICE_CO_CHECK(co_await to_agent_->write(ready_for_query()));
        co_return false;
      }
      SLUICE_CO_CHECK(co_await record_refusal(resolved.text->facts.front(), leave.error().kind, source));
      if (leave.error().kind == ErrorKind::shutting_down) co_return std::move(leave.error());
      co_return co_await refuse_part(std::move(leave.error()), place);
    }
    run = std::move(*leave);
  }
  const RequestId approved_by = run && !resolved.fetches ? run->request : RequestId{};
  auto permit = co_await obtain_permit(worker_.recorder, resolved.text, id_, next_statement_, approved_by, worker_.gateway.clock);
  if (!permit.ok()) co_return co_await refuse_part(std::move(permit.error()), place);
  next_statement_ += resolved.text->facts.size();
  const std::shared_ptr<RunningText> running = permit->running();
  running->run = std::move(run);
  note_definition(*running, source, names_.current());
  if (resolved.fetches) running->rows_of = resolved.fetches->text;
  if (place.first && place.in_block) {
    upstream_->begin_block();
    for (const Owed owed : {Owed::parse, Owed::bind, Owed::execute}) ledger_.expect({owed, Fate::swallow, {}});
  }
  extended_open_ = pipeline_ran_ = true;
  const sql::Analysis& analysis = resolved.text->plan->statements.front().analysis;
  const bool counted = running->run && running->run->max_rows && plan::row_counting(analysis, source) == plan::RowCounting::countable;
  if (counted) {
    Status begun = co_await begin_counting(*running);
    if (!begun.ok()) {
      SLUICE_CO_CHECK(co_await refuse_counted(*running, std::move(begun).error()));
      co_return true;  // something is upstream: it is ended as what has failed
    }
  }
  upstream_->part(*permit, source, resolved.fetches && resolved.fetches->binary);
  for (const Owed owed : {Owed::parse, Owed::bind, Owed::describe_portal, Owed::execute}) {
    ReplyContext context;
    context.part = true;
    context.part_begins = place.begins;
    context.rows_are_late = rows_are_late(resolved.text->plan->statements.front().analysis);
    context.described = resolved.fetches ? resolved.fetches->text : resolved.text;
    if (owed == Owed::parse) context.change = ReplyContext::Change::drop_statement;  // a Query ends the unnamed statement
    if (owed == Owed::execute) context.running = running;
    context.awaits_commit = owed == Owed::execute && place.in_block && place.last;
    ledger_.expect({owed, Fate::forward, std::move(context)});
  }
  send_flags(*resolved.text);
  if (counted) SLUICE_CO_CHECK(co_await end_counting(running, place.begins));
  co_return true;
}

}  // namespace sluice::gateway
