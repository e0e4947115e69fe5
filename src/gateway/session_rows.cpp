// What the upstream sends is what was planned: its row descriptions, its rows, its notifications.
#include <algorithm>
#include <utility>

#include "gateway/row_description.h"
#include "gateway/session.h"
#include "plan/notifications.h"
#include "protocol/sqlstate.h"

namespace sluice::gateway {

using protocol::Owed;

namespace {
constexpr std::size_t kRowHeaderBytes = 7;  // type, length, number of columns

// The statement whose rows come; null: nothing is known of them.
const plan::StatementPlan* rows_of(const Ledger::Entry& subject) {
  const ReplyContext& context = subject.context;
  const PlannedText* text = context.described.get();
  std::size_t statement = 0;
  if (const RunningText* running = context.running.get(); text == nullptr && running != nullptr) {
    text = running->rows_of ? running->rows_of.get() : running->text.get();
    statement = running->rows_of ? 0 : running->current;
  }
  if (text == nullptr || statement >= text->plan->statements.size() || text->plan->grade == policy::Grade::audit_only) return nullptr;
  const plan::StatementPlan* plan = &text->plan->statements[statement];
  // What procedures and commands of replication give back is not analysed.
  const bool analysed = plan->analysis.kind != sql::StatementKind::code && plan->analysis.kind != sql::StatementKind::unknown &&
                        plan->analysis.kind != sql::StatementKind::function_call && plan->analysis.kind != sql::StatementKind::replication;
  return analysed ? plan : nullptr;
}
}  // namespace

void Session::pass_part(const protocol::MessageView& message, const Ledger::Entry& subject, std::string& replacement, bool& forward) {
  const ReplyContext& context = subject.context;
  if (context.ends_block) {
    // The last statement's completion, if the commit succeeded.
    if (message.type == 'C') replacement = std::exchange(late_completion_, {});
    if (message.type == 'E') late_completion_.clear();
    return;
  }
  if (!context.part || !forward) return;
  const auto take = [&] { return replacement.empty() ? std::string(message.whole) : std::exchange(replacement, {}); };
  switch (message.type) {
    case '1':
    case '2':
    case 'n': forward = false; return;
    case 'T':
      if (!context.rows_are_late) return;
      late_rows_ = take();
      forward = false;
      return;
    case 'E': late_rows_.clear(); return;
    default: break;
  }
  if (subject.owed != Owed::execute) return;
  std::string rows = std::exchange(late_rows_, {});
  if (context.awaits_commit && (message.type == 'C' || message.type == 'I')) {
    late_completion_ = take();
    replacement = std::move(rows);
    forward = false;
    return;
  }
  if (!rows.empty()) replacement = rows + take();
}

void Session::check_rows(const protocol::MessageView& message, const Ledger::Entry& subject, std::string& replacement) {
  const plan::StatementPlan* plan = rows_of(subject);
  if (plan == nullptr) return;
  const auto checked = check_row_description(message.body, plan->row);
  if (!checked.ok()) return make_void(subject, checked.error());
  if (!checked->has_value()) return;
  replacement.assign(message.whole.substr(0, protocol::kHeaderBytes));
  replacement += **checked;
}

// Without a Describe nobody is told of the columns before the rows come. However the stream is cut, nothing of
// the first row passes before its number of columns is known.
bool Session::check_first_row(const protocol::Frame& frame, const Ledger::Entry& subject, std::string& before) {
  std::string& head = subject.context.running->row_head;
  if (head.size() >= kRowHeaderBytes) return true;
  const std::size_t held_back = head.size();
  head.append(frame.bytes.substr(0, kRowHeaderBytes - head.size()));
  if (head.size() < kRowHeaderBytes) return false;
  before = head.substr(0, held_back);
  const plan::StatementPlan* plan = rows_of(subject);
  if (plan == nullptr) return true;
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(head[at])); };
  if (((byte(5) << 8) | byte(6)) == plan->row.size()) return true;
  const Error error = make_error(ErrorKind::internal, "the result is not the one that was planned: the schema has just changed", "Run the statement again.");
  make_void(subject, error);
  return false;
}

void Session::make_void(const Ledger::Entry& subject, const Error& error) {
  answers_void_ = true;
  catalog_stale_ = true;
  protocol::error_response(error).encode(void_error_);
  if (subject.owed == Owed::query) return;
  // As behind any error in a pipeline: what the agent sends up to its Sync is void.
  const auto& entries = ledger_.entries();
  upstream_fails_ = std::none_of(entries.begin(), entries.end(), [](const Ledger::Entry& entry) { return entry.owed == Owed::sync; });
}

bool Session::hears_notifications() {
  const std::uint64_t generation = worker_.gateway.board.generation();
  if (generation == hearing_generation_) return hears_;
  const auto snapshot = worker_.gateway.board.snapshot(database_);
  hears_ = snapshot.ok() && plan::may_hear_notifications(identity_, database_, **snapshot);
  hearing_generation_ = generation;
  return hears_;
}

}  // namespace sluice::gateway
