#include "control/journal_recorder.h"

#include <chrono>

#include "audit/journal_record.h"
#include "net/task.h"

namespace sluice::control {
namespace {

const std::size_t kEnding = store::Journal::footprint(audit::kMaxEndRecordBytes);
constexpr std::size_t kRoomToGoOn = 64 << 10;
constexpr std::chrono::milliseconds kLookAgain{10};
constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kMaxClaimedBytes = 128;  // an unknown peer's words

Error unavailable() {
  return make_error(ErrorKind::audit_unavailable, "the audit log cannot be written, so no statement may run", "Try again later.");
}

}  // namespace

Result<std::uint64_t> JournalRecorder::append_beginning(std::uint64_t ends) {
  if (link_->log_failed.load(std::memory_order_relaxed)) return unavailable();
  const std::uint64_t number = link_->journal->append(buffer_, (open_ + ends) * kEnding);
  if (number == 0) return unavailable();
  open_ += ends;
  return number;
}

Status JournalRecorder::append_ending() {
  if (open_ > 0) --open_;
  if (link_->journal->append(buffer_, 0) == 0) return unavailable();
  return Done{};
}

Result<FactsRef> JournalRecorder::describe(const audit::StatementFacts& facts) {
  audit::encode_described(buffer_, clock_.now(), facts);
  return append_beginning(0);
}

Status JournalRecorder::admitted(FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, const RequestId& request) {
  audit::encode_admitted(buffer_, at, session, statement, facts, request.text);
  SLUICE_CHECK(append_beginning(1));
  return Done{};
}

Status JournalRecorder::completed(FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, Outcome outcome,
                                  std::uint64_t rows, std::uint64_t bytes, std::string_view sqlstate) {
  audit::encode_completed(buffer_, at, session, statement, facts, outcome, rows, bytes, sqlstate);
  return append_ending();
}

Status JournalRecorder::refused(FactsRef facts, std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database,
                                Timestamp at, ErrorKind kind, const Digest& text_digest) {
  audit::encode_journal_record(buffer_, at,
                               audit::StatementRefused{session, facts, identity.id, identity.acts_for, database,
                                                       std::string(to_text(kind)), text_digest});
  SLUICE_CHECK(append_beginning(0));
  return Done{};
}

Status JournalRecorder::session_opened(std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database,
                                       const std::string& peer, std::uint32_t upstream_process_id, Timestamp at) {
  audit::encode_journal_record(buffer_, at, audit::SessionOpened{session, identity, database, peer, upstream_process_id});
  SLUICE_CHECK(append_beginning(1));
  return Done{};
}

Status JournalRecorder::session_closed(std::uint64_t session, Timestamp at) {
  audit::encode_journal_record(buffer_, at, audit::SessionClosed{session});
  return append_ending();
}

Status JournalRecorder::login_failed(std::string_view claimed_identity, const std::string& peer, Timestamp at, ErrorKind kind) {
  audit::encode_journal_record(
      buffer_, at, audit::LoginFailed{std::string(claimed_identity.substr(0, kMaxClaimedBytes)), peer, std::string(to_text(kind))});
  SLUICE_CHECK(append_beginning(0));
  return Done{};
}

boost::asio::awaitable<Status> JournalRecorder::wait_for_room() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const bool room = link_->journal->free_bytes() >= open_ * kEnding + kRoomToGoOn;
    if (room && !link_->log_failed.load(std::memory_order_relaxed)) co_return Done{};
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) co_return unavailable();
    co_await net::sleep_until(now + kLookAgain);
  }
}

}  // namespace sluice::control
