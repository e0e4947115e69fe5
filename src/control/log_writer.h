#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/chain.h"
#include "audit/log_state.h"
#include "base/result.h"
#include "store/audit_log.h"
#include "store/audit_store.h"
#include "usage/usage_fold.h"

namespace sluice::control {

/// Takes records in, links them, writes them to the log's files and folds them into the usage counts. One
/// thread; blocks.
class LogWriter {
 public:
  /// Opens the log and brings the usage counts up to it.
  [[nodiscard]] static Result<std::unique_ptr<LogWriter>> open(const std::string& directory, const store::AuditLog::Limits& limits,
                                                              store::AuditStore& store);

  /// A record from a journal or from the outbox. One that the log has already is left out.
  [[nodiscard]] Status take(audit::Record record);
  /// Statements of this journal that have not ended never will: their end is unknown.
  std::uint64_t end_open_statements(const std::string& journal, Timestamp at);

  [[nodiscard]] std::size_t unwritten_bytes() const noexcept { return buffer_.size(); }
  /// Puts everything taken on disk. After a failure the same call may be made again.
  [[nodiscard]] Status write();
  /// Brings counts into the store; everything must have been written. May be made again after a failure.
  [[nodiscard]] Status fold();
  [[nodiscard]] bool needs_fold() const noexcept { return folded_sequence_ != chain_.head().sequence; }

  /// The files of these journals were deleted: nobody will ever ask again what the log has of them.
  [[nodiscard]] Status forget(const std::vector<std::string>& journals);
  [[nodiscard]] const audit::LogState& state() const noexcept { return state_; }
  [[nodiscard]] const audit::ChainHead& head() const noexcept { return chain_.head(); }
  [[nodiscard]] std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }

 private:
  /// A shape and what was counted for it since the last fold.
  struct Counted {
    std::shared_ptr<store::KnownShape> shape;
    std::int64_t hour = 0;
    usage::UsageCounts counts;
  };
  /// A description. Many have the same shape: statements that differ in a literal only.
  struct Known {
    std::uint64_t sequence = 0;
    std::shared_ptr<Counted> counted;  ///< null: no such description
  };
  /// How a record names its description: by number within its journal, or, read from the log, by sequence.
  using KnownByNumber = std::unordered_map<std::uint64_t, Known>;

  LogWriter(store::AuditLog::Opened opened, store::AuditStore& store);
  Status replay(const audit::ChainHead& folded);
  Status account_replayed(const audit::Record& record);
  Result<Known> known(const audit::Source& source);
  Result<Known> known_by_sequence(std::uint64_t sequence);
  std::shared_ptr<Counted> counted_for(std::shared_ptr<store::KnownShape> shape);
  void count(const Known& known, const audit::StatementCompleted& completed, Timestamp at);
  void learn(const audit::Record& record, const audit::StatementFacts& facts);
  void settle(Counted& counted);
  void append(audit::Record& record);
  Status refer(audit::Record& record);
  void end_statement(const audit::OpenStatement& open, Timestamp at);

  store::AuditStore& store_;
  std::unique_ptr<store::AuditLog> log_;
  audit::LogState state_;
  audit::Chain chain_;
  std::uint64_t torn_bytes_ = 0;

  std::string buffer_;                 ///< lines that were linked and not written
  std::uint64_t new_segment_ = 0;      ///< buffer_ begins a file with this sequence; 0: it does not

  std::unordered_map<std::string, KnownByNumber> known_;
  KnownByNumber known_by_sequence_;
  std::unordered_map<std::string, std::shared_ptr<Counted>> shapes_;  ///< by their bytes
  std::vector<std::shared_ptr<Counted>> counted_;                     ///< with counts that are in no batch yet
  store::AuditStore::Batch batch_;
  std::uint64_t folded_sequence_ = 0;
};

}  // namespace sluice::control
