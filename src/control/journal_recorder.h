#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "control/statement_recorder.h"
#include "store/journal.h"

namespace sluice::control {

/// What a recorder and the audit thread share.
struct RecorderLink {
  std::unique_ptr<store::Journal> journal;
  std::atomic<bool> log_failed{false};  ///< the log cannot be written just now: nothing new may begin
  std::atomic<bool> closed{false};      ///< the recorder is gone
};

/// The StatementRecorder over a mapped journal. The end of what has begun always finds room: each beginning
/// reserves it.
class JournalRecorder final : public StatementRecorder {
 public:
  JournalRecorder(std::shared_ptr<RecorderLink> link, const Clock& clock) : link_(std::move(link)), clock_(clock) {}
  ~JournalRecorder() override { link_->closed.store(true, std::memory_order_release); }

  Result<FactsRef> describe(const audit::StatementFacts& facts) override;
  Status admitted(FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, const RequestId& request) override;
  Status completed(FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, Outcome outcome, std::uint64_t rows,
                   std::uint64_t bytes, std::string_view sqlstate) override;
  Status refused(FactsRef facts, std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database, Timestamp at,
                 ErrorKind kind, const Digest& text_digest) override;
  Status session_opened(std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database, const std::string& peer,
                        std::uint32_t upstream_process_id, Timestamp at) override;
  Status session_closed(std::uint64_t session, Timestamp at) override;
  Status login_failed(std::string_view claimed_identity, const std::string& peer, Timestamp at, ErrorKind kind) override;
  boost::asio::awaitable<Status> wait_for_room() override;

 private:
  /// Appends what is in buffer_ if the log works and room is left for `ends` more endings.
  Result<std::uint64_t> append_beginning(std::uint64_t ends);
  Status append_ending();

  std::shared_ptr<RecorderLink> link_;
  const Clock& clock_;
  std::string buffer_;
  std::uint64_t open_ = 0;  ///< statements and sessions that have begun and not ended
};

}  // namespace sluice::control
