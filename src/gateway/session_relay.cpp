// The upstream's side of a session: brings answers back, and accounts for them.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "gateway/session.h"
#include "protocol/result_messages.h"
#include "protocol/sanitise.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using control::Outcome;
using protocol::Frame;
using protocol::Owed;
using protocol::ReplyAction;

namespace {
constexpr std::string_view kStatementTimeout = "canceling statement due to statement timeout";
constexpr std::size_t kSmallRead = 8 * 1024;   // what PostgreSQL sends at a time
constexpr std::size_t kLargeRead = 64 * 1024;  // while a result streams

// An error about a function tells its name as the agent wrote it: without the schema that it was pinned to. What was put in
// front of the name lies at the same place of the agent's text as the name itself.
void forget_schema(const sql::UpstreamSql& upstream, std::int32_t position, std::string& message) {
  if (position <= 0) return;
  std::string_view rest = upstream.text();
  for (std::int32_t at = 1; at < position && !rest.empty(); ++at) {
    rest.remove_prefix(1);
    while (!rest.empty() && (static_cast<unsigned char>(rest.front()) & 0xC0) == 0x80) rest.remove_prefix(1);
  }
  const std::size_t dot = rest.find('.');
  const std::string_view schema = dot == std::string_view::npos ? std::string_view() : rest.substr(0, dot + 1);
  if (schema.size() < 2 || schema.find_first_of("\"' (\n") != std::string_view::npos) return;
  if (upstream.agent_position(position) != upstream.agent_position(position + static_cast<std::int32_t>(schema.size()))) return;
  if (const std::size_t found = message.find(schema); found != std::string::npos) message.erase(found, schema.size());
}

// Bytes to forward: as views of the chunk while they are adjacent, copied only once they are not.
class Outgoing {
 public:
  void pass(std::string_view bytes) {
    if (!run_.empty() && run_.data() + run_.size() == bytes.data()) {
      run_ = {run_.data(), run_.size() + bytes.size()};
      return;
    }
    settle();
    run_ = bytes;
  }
  // `bytes` may die before the end.
  void copy(std::string_view bytes) {
    settle();
    copied_.append(bytes);
  }
  [[nodiscard]] std::string_view all() {
    if (copied_.empty()) return run_;
    settle();
    return copied_;
  }

 private:
  void settle() {
    copied_.append(run_);
    run_ = {};
  }
  std::string_view run_;
  std::string copied_;
};

// A query writes too: in WITH, or by the functions that it calls.
bool writes(const sql::Analysis& analysis) {
  return std::any_of(analysis.relations.begin(), analysis.relations.end(),
                     [](const sql::RelationAccess& access) { return access.inserts || access.updates || access.deletes; });
}

bool writes_masked(const plan::StatementPlan& statement) {
  switch (statement.analysis.kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::copy_out:
    case sql::StatementKind::explain:
    case sql::StatementKind::declare_cursor:
    case sql::StatementKind::fetch:
    case sql::StatementKind::show_setting:
    case sql::StatementKind::execute:
      if (!writes(statement.analysis)) return false;
      break;
    default: break;
  }
  const auto& obligations = statement.decision.obligations;
  return std::any_of(obligations.begin(), obligations.end(),
                     [](const policy::Obligation& obligation) { return std::holds_alternative<policy::MaskColumn>(obligation); });
}

bool is_opaque(const RunningText& running) {
  const auto& statements = running.text->plan->statements;
  if (running.current >= statements.size()) return false;
  const sql::StatementKind kind = statements[running.current].analysis.kind;
  return kind == sql::StatementKind::unknown || kind == sql::StatementKind::replication;
}

// What the command says of its rows. MOVE goes over rows that stay where they are.
void note_tag(RunningText& running, const protocol::MessageView& message) {
  const auto complete = protocol::CommandCompleteView::decode(message.body);
  if (complete.ok() && !complete->tag.starts_with("MOVE")) running.run->rows += complete->row_count().value_or(0);
}

// The rows of an answer to a question of our own, text format.
void read_rows(std::string_view messages, std::vector<std::vector<std::string>>& rows) {
  ByteReader reader(messages);
  while (reader.ok() && !reader.rest().empty()) {
    (void)reader.u8();
    const std::uint32_t length = reader.u32();
    if (length < 4) return;
    const auto row = protocol::DataRowView::decode(reader.bytes(length - 4));
    if (!row.ok()) return;
    auto& values = rows.emplace_back();
    for (const auto& value : row->values) values.emplace_back(value.value_or(std::string_view{}));
  }
}
}  // namespace

net::awaitable<void> Session::relay() {
  std::vector<char> buffer(kSmallRead);
  const std::string read_ahead = upstream_->take_read_ahead();
  if (!read_ahead.empty() && !(co_await relay_chunk(read_ahead)).ok()) close();
  while (!over_) {
    Result<std::size_t> size = co_await upstream_->stream().read_some(buffer);
    if (!size.ok() || *size == 0) break;
    relay_busy_ = true;
    worker_.metrics.bytes_from_upstreams.add(*size);
    const Status relayed = co_await relay_chunk({buffer.data(), *size});
    relay_busy_ = false;
    if (!relayed.ok()) {
      if (!over_) spdlog::warn("session {:x}: {}", id_, relayed.error().message);
      note_stuck_write(relayed.error());
      if (!over_ && !ledger_.empty()) cancel();  // nobody takes the rest
      break;
    }
    note_activity();
    if (ledger_.empty() || pipeline_full_) progress_.notify();
    if (draining_ && ledger_.empty() && transaction_ == protocol::TransactionStatus::idle && !extended_open_) drain();
    if (*size == buffer.size() && buffer.size() < kLargeRead) buffer.resize(kLargeRead);
    if (*size < kSmallRead / 2 && buffer.size() > kSmallRead && ledger_.empty()) std::vector<char>(kSmallRead).swap(buffer);
  }
  relay_busy_ = false;
  co_await upstream_lost();
  close();
}

net::awaitable<Status> Session::relay_chunk(std::string_view chunk) {
  Outgoing outgoing;
  from_upstream_.feed(chunk);
  for (;;) {
    auto frame = from_upstream_.next(row_allowance());
    if (!frame.ok()) co_return std::move(frame).error();
    if (frame->kind == Frame::Kind::need_bytes) break;
    if (frame->kind == Frame::Kind::held_back) {
      stop_at_limit();
      continue;
    }
    bool forward = true;
    if (frame->kind == Frame::Kind::bulk) {
      std::string before;
      SLUICE_CO_CHECK(account_bulk(*frame, forward, before));
      if (forward && !late_rows_.empty()) outgoing.copy(std::exchange(late_rows_, {}));
      if (forward && !before.empty()) outgoing.copy(before);
      if (forward) outgoing.pass(frame->bytes);
      if (!void_error_.empty()) outgoing.copy(std::exchange(void_error_, {}));
      continue;
    }
    if (lost_synchronization_) continue;
    std::string replacement;
    SLUICE_CO_CHECK(co_await on_upstream_message(frame->message(), replacement, forward));
    if (!replacement.empty()) {
      outgoing.copy(replacement);
    } else if (forward) {
      // A message that a chunk's end had cut lives in the walker, and only until the next frame.
      const bool in_chunk = frame->bytes.data() >= chunk.data() && frame->bytes.data() < chunk.data() + chunk.size();
      in_chunk ? outgoing.pass(frame->bytes) : outgoing.copy(frame->bytes);
    }
  }
  const std::string_view bytes = outgoing.all();
  if (!bytes.empty()) SLUICE_CO_CHECK(co_await to_agent_->write(bytes));
  if (lost_synchronization_) co_return make_error(ErrorKind::protocol_violation, "the agent sent something else into COPY data");
  co_return Done{};
}

Status Session::account_bulk(const Frame& frame, bool& forward, std::string& before) {
  std::vector<Ledger::Entry> abandoned;
  SLUICE_TRY(event, ledger_.on_reply(frame.type, abandoned));
  forward = event.action == ReplyAction::forward;
  if (event.subject == nullptr) return Done{};
  if (OwnQuestion* question = event.subject->context.question.get()) question->raw_rows.append(frame.bytes);
  if (RunningText* running = event.subject->context.running.get()) {
    if (running->run && running->run->exceeded) {
      forward = false;
      return Done{};
    }
    if (running->run) {
      running->run->left += frame.started;
      running->run->bytes += frame.bytes.size();
    }
    if (frame.type == 'D' && forward && !answers_void_) forward = check_first_row(frame, *event.subject, before);
    running->rows += frame.started;
    running->bytes += frame.bytes.size();
  }
  if (answers_void_) forward = false;
  return Done{};
}

net::awaitable<Status> Session::on_upstream_message(const protocol::MessageView& message, std::string& replacement, bool& forward) {
  std::vector<Ledger::Entry> abandoned;
  const bool copy_interrupted = ledger_.copy_interrupted();
  auto replied = ledger_.on_reply(message.type, abandoned);
  if (!replied.ok()) co_return std::move(replied).error();
  if (message.type == 'W' && !replication_) {
    co_return make_error(ErrorKind::protocol_violation, "unexpected CopyBothResponse from the upstream server");
  }
  const Ledger::Event event = *replied;
  forward = event.action == ReplyAction::forward;
  RunningText* running = event.subject == nullptr ? nullptr : event.subject->context.running.get();

  if (event.action == ReplyAction::replace) {
    replacement = event.subject->context.error;
  } else if (forward && message.type == 'E' && audit_only()) {
    pass_error(message, copy_interrupted, replacement);
  } else if (forward && !answers_void_ && (message.type == 'E' || message.type == 'N') && !audit_only()) {
    if (message.type == 'N' && running == nullptr && !ledger_.empty()) running = ledger_.entries().front().context.running.get();
    bool drop = false;
    const PlannedText* text = running == nullptr ? nullptr : running->text.get();
    if (text == nullptr && event.subject != nullptr) {
      const ReplyContext& context = event.subject->context;
      text = context.statement ? context.statement->text.get() : context.portal ? context.portal->text.get() : context.described.get();
    }
    const Ledger::Entry* about = event.subject != nullptr ? event.subject : ledger_.empty() ? nullptr : &ledger_.entries().front();
    const std::int32_t begins = about == nullptr ? 0 : about->context.part_begins;
    replacement = rewritten_notice(message, text, running == nullptr ? 0 : running->current, begins, drop);
    if (drop) forward = false;
    if (message.type == 'E' && running != nullptr && running->run && running->run->exceeded) replacement = limit_error_of(*running->run);
    if (copy_interrupted && message.type == 'E') lose_synchronization(message, replacement);
  }
  if (message.type == 'T' && forward && !answers_void_ && event.subject != nullptr) check_rows(message, *event.subject, replacement);
  if (message.type == 'A' && !hears_notifications()) forward = false;
  if (event.subject != nullptr) pass_part(message, *event.subject, replacement, forward);
  if (event.subject != nullptr && running != nullptr && running == event.subject->context.running.get()) {
    hold_back_completion(*running, message, replacement, forward);
  }
  if (answers_void_) {
    if (message.type == 'G') co_return make_error(ErrorKind::internal, "nobody will send the data for COPY");
    if (message.type == 'Z') answers_void_ = false;
    if (std::string_view("ZSA").find(message.type) == std::string_view::npos) {
      forward = false;
      replacement = std::exchange(void_error_, {});
    }
  }
  if (message.type == 'S') {
    const auto setting = protocol::ParameterStatus::decode(message.body);
    if (!setting.ok()) co_return setting.error();
    note_setting(*setting);
    const bool unsafe = !audit_only() && ((setting->name == "client_encoding" && setting->value != "UTF8") ||
                        (setting->name == "standard_conforming_strings" && setting->value != "on"));
    if (unsafe) co_return make_error(ErrorKind::internal, "the upstream changed how statements are read");
  }
  if (message.type == 'Z') {
    const auto ready = protocol::ReadyForQuery::decode(message.body);
    if (!ready.ok()) co_return ready.error();
    transaction_ = ready->status;
    ended_in_pipeline_ = false;
    late_rows_.clear();
    late_completion_.clear();
    if (transaction_ == protocol::TransactionStatus::idle) {
      objects_.transaction_ended();
      names_.idle();
    }
  }
  if (event.subject != nullptr) SLUICE_CO_CHECK(co_await finish(*event.subject, message));
  if (event.subject != nullptr && event.finished && (!event.subject->failed || event.subject->owed == Owed::query)) {
    objects_.confirm(event.subject->context);
  }
  for (Ledger::Entry& entry : abandoned) {
    if (entry.context.running) SLUICE_CO_CHECK(co_await complete(*entry.context.running, Outcome::canceled, {}));
  }
  if (message.type == 'Z') co_await tell_others_of_schema();
  co_return Done{};
}

// Before the agent learns that its change of the schema is in force: from then on other sessions may rely on it.
net::awaitable<void> Session::tell_others_of_schema() {
  if (!catalog_stale_ || transaction_ != protocol::TransactionStatus::idle) co_return;
  const auto refreshed = co_await worker_.gateway.board.refresh(database_);
  if (refreshed.ok()) catalog_stale_ = false;  // else the next statement tries again, and fails if it must
}

// Accounts for the end of a statement.
net::awaitable<Status> Session::finish(Ledger::Entry& entry, const protocol::MessageView& message) {
  // Copied: the entry may be overwritten while this waits.
  const std::shared_ptr<RunningText> running = entry.context.running;
  if (const auto& question = entry.context.question) {
    if (message.type == 'E') question->failed = true;
    if (message.type == 'C') read_rows(question->raw_rows, question->rows);
    co_return Done{};
  }
  if (!running) co_return Done{};
  // How many answers a Query has that was not understood is not known: it ends with ReadyForQuery.
  if (entry.owed == Owed::query && is_opaque(*running)) {
    if (message.type == 'C') succeeded(*running, running->current);
    if (message.type == 'Z') SLUICE_CO_CHECK(co_await complete(*running, Outcome::completed, "00000"));
    if (message.type != 'E') co_return Done{};
  }
  switch (message.type) {
    case 'V':
      running->rows = 1;
      running->bytes = message.whole.size();
      [[fallthrough]];
    case 'C':
    case 'I':
    case 's': {
      if (running->run) running->run->suspended = message.type == 's';
      if (running->run && message.type == 'C') note_tag(*running, message);
      if (running->awaits_check) co_return Done{};
      const std::size_t statement = running->current;
      const bool passed = !answers_void_;
      SLUICE_CO_CHECK(co_await complete(*running, passed ? Outcome::completed : Outcome::failed, passed ? "00000" : "XX000"));
      if (message.type == 'C' || message.type == 'V') succeeded(*running, statement);
      co_return Done{};
    }
    case 'E': {
      const auto error = protocol::ErrorResponse::decode(message.body);
      std::string code = error.ok() ? error->fields.code : std::string("XX000");
      if (running->run && running->run->exceeded) code = protocol::sqlstate(ErrorKind::budget_exceeded);
      SLUICE_CO_CHECK(co_await complete(*running, code == "57014" ? Outcome::canceled : Outcome::failed, code));
      // The statements behind it never ran.
      while (running->current < running->text->facts.size()) SLUICE_CO_CHECK(co_await complete(*running, Outcome::canceled, {}));
      co_return Done{};
    }
    default:
      co_return Done{};
  }
}

net::awaitable<Status> Session::complete(RunningText& running, Outcome outcome, std::string_view sqlstate) {
  const std::size_t statement = running.current;
  if (statement >= running.text->facts.size()) co_return Done{};
  ++running.current;
  ++ended_statements_;
  const std::uint64_t rows = std::exchange(running.rows, 0);
  const std::uint64_t bytes = std::exchange(running.bytes, 0);
  worker_.metrics.rows.add(rows);
  running.row_head.clear();
  note_end_of_run(running, outcome);
  const control::FactsRef facts = running.text->facts[statement];
  const std::uint64_t number = running.first_statement + statement;
  const Timestamp now = worker_.gateway.clock.now();
  const Status recorded = worker_.recorder.completed(facts, id_, number, now, outcome, rows, bytes, sqlstate);
  if (recorded.ok()) co_return Done{};
  SLUICE_CO_CHECK(co_await worker_.recorder.wait_for_room());
  co_return worker_.recorder.completed(facts, id_, number, now, outcome, rows, bytes, sqlstate);
}

// What a statement that succeeded means for the session.
void Session::succeeded(const RunningText& running, std::size_t statement) {
  if (statement >= running.text->plan->statements.size()) return;
  const sql::Analysis& analysis = running.text->plan->statements[statement].analysis;
  names_.completed(analysis);
  if (analysis.changes_catalog) catalog_stale_ = true;
  const bool opaque = analysis.kind == sql::StatementKind::unknown || analysis.kind == sql::StatementKind::function_call ||
                      analysis.kind == sql::StatementKind::code;
  if (opaque && audit_only()) {
    // It may have dropped any of them, and made another of the same name.
    objects_.drop_named_statements();
    objects_.drop_statement({});
    objects_.drop_all_portals();
  }
  if (const auto* discard = std::get_if<sql::DiscardChange>(&analysis.session_change); discard != nullptr && discard->all) {
    objects_.drop_named_statements();
    objects_.drop_all_portals();
  }
  const bool ends = analysis.kind == sql::StatementKind::commit || analysis.kind == sql::StatementKind::rollback;
  if (ends && extended_open_) ended_in_pipeline_ = true;
  // ReadyForQuery will say so too, but only behind the whole pipeline.
  if (transaction_ == protocol::TransactionStatus::failed && ends) transaction_ = protocol::TransactionStatus::idle;
  if (transaction_ == protocol::TransactionStatus::failed && analysis.kind == sql::StatementKind::rollback_to_savepoint) {
    transaction_ = protocol::TransactionStatus::in_transaction;
  }
  if (const auto* prepared = std::get_if<sql::PreparedUse>(&analysis.session_change)) {
    if (running.prepares) {
      objects_.define_statement(prepared->statement, running.prepares);
    } else if (analysis.kind == sql::StatementKind::deallocate) {
      prepared->statement.empty() ? objects_.drop_named_statements() : objects_.drop_statement(prepared->statement);
    }
  }
  if (const auto* cursor = std::get_if<sql::CursorUse>(&analysis.session_change)) {
    if (running.declares) {
      objects_.define_portal(cursor->cursor, running.declares);
    } else if (analysis.kind == sql::StatementKind::close_cursor) {
      cursor->cursor.empty() ? objects_.drop_all_portals() : objects_.drop_portal(cursor->cursor);
    }
  }
}

std::string Session::rewritten_notice(const protocol::MessageView& message, const PlannedText* text, std::size_t current, std::int32_t begins,
                                      bool& drop) {
  protocol::Disclosure disclosure;
  disclosure.restricted = text != nullptr && current < text->plan->statements.size() && writes_masked(text->plan->statements[current]);
  if (text != nullptr && text->plan->upstream) {
    const std::shared_ptr<const plan::TextPlan> plan = text->plan;
    disclosure.map_position = [plan, begins](std::int32_t position) {
      const auto mapped = static_cast<std::int32_t>(plan->upstream->agent_position(position));
      return mapped > 0 ? mapped + begins : mapped;
    };
  } else if (begins > 0) {
    disclosure.map_position = [begins](std::int32_t position) { return position > 0 ? position + begins : position; };
  }
  const std::shared_ptr<const plan::Snapshot> snapshot = snapshot_;
  disclosure.keep_name = [snapshot](char field, std::string_view name) {
    return field == 's' && snapshot && snapshot->catalog->has_schema(name);
  };
  std::string bytes;
  if (message.type == 'E') {
    auto error = protocol::ErrorResponse::decode(message.body);
    protocol::NoticeFields fields = error.ok() ? std::move(error->fields) : protocol::NoticeFields{};
    if (fields.ends_session()) fatal_forwarded_ = true;
    protocol::NoticeFields shown = protocol::sanitise_error(fields, disclosure);
    if (statement_timed_out_ && shown.code == "57014") shown.message = kStatementTimeout;
    if (text != nullptr && text->plan->upstream) forget_schema(*text->plan->upstream, fields.position, shown.message);
    protocol::ErrorResponse{std::move(shown)}.encode(bytes);
    return bytes;
  }
  const auto notice = protocol::NoticeResponse::decode(message.body);
  const auto passed = notice.ok() ? protocol::sanitise_notice(notice->fields, disclosure) : std::nullopt;
  if (!passed) {
    drop = true;
    return bytes;
  }
  protocol::NoticeResponse{*passed}.encode(bytes);
  return bytes;
}

// Under audit_only an error passes as it is.
void Session::pass_error(const protocol::MessageView& message, bool copy_interrupted, std::string& replacement) {
  const auto error = protocol::ErrorResponse::decode(message.body);
  if (error.ok() && error->fields.ends_session()) fatal_forwarded_ = true;
  if (error.ok() && statement_timed_out_ && error->fields.code == "57014") {
    protocol::NoticeFields shown = error->fields;
    shown.message = kStatementTimeout;
    protocol::ErrorResponse{std::move(shown)}.encode(replacement);
  }
  if (!copy_interrupted) return;
  replacement = message.whole;
  lose_synchronization(message, replacement);
}

// PostgreSQL from version 14 on ends a session that sends anything else into COPY data; older ones would go on
// without a word about what they threw away.
void Session::lose_synchronization(const protocol::MessageView& message, std::string& replacement) {
  const auto error = protocol::ErrorResponse::decode(message.body);
  if (!error.ok() || error->fields.code != "08P01" || fatal_forwarded_) return;
  protocol::fatal_response(make_error(ErrorKind::protocol_violation, "terminating connection because protocol synchronization was lost"))
      .encode(replacement);
  fatal_forwarded_ = true;
  lost_synchronization_ = true;
}

// Both connections are gone: nobody will ever say how these ended.
net::awaitable<void> Session::record_unfinished() {
  for (const Ledger::Entry& entry : ledger_.entries()) {
    const std::shared_ptr<RunningText> running = entry.context.running;
    bool recorded = running != nullptr;
    while (recorded && running->current < running->text->facts.size()) {
      recorded = (co_await complete(*running, Outcome::unknown, {})).ok();
    }
  }
}

net::awaitable<void> Session::upstream_lost() {
  if (over_ || fatal_forwarded_) co_return;
  if (!ending_) worker_.metrics.upstream_failures.add();
  if (from_upstream_.inside_bulk()) co_return;
  fatal_forwarded_ = true;
  Error error = ending_ ? *ending_ : make_error(ErrorKind::upstream_unavailable, "the connection to the upstream server was lost");
  if (holding_ && !ending_) {
    error.detail = held_detail_;
    error.hint = "The request stays open: connect again and run exactly the same statement.";
  }
  std::string fatal;
  protocol::fatal_response(error).encode(fatal);
  (void)co_await to_agent_->write(fatal);
}

}  // namespace sluice::gateway
