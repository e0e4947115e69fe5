#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "audit/statement_facts.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace sluice::control {

using audit::Outcome;

/// Facts already told to the log, for use in later records. 0 is no reference.
using FactsRef = std::uint64_t;

/// Writes audit records of one worker. Each call copies a short record into a memory-mapped journal,
/// which outlives the death of this process: no lock, no system call, no wait. Another thread links the
/// records into the hash chain, appends them to the log and folds them into the usage counts.
/// Belongs to one worker thread. audit_unavailable = the log cannot be written, or the journal is full:
/// nothing was recorded and the statement must not run.
class StatementRecorder {
 public:
  virtual ~StatementRecorder() = default;

  /// Tells the log of a plan, once per plan and identity; the caller keeps the reference.
  [[nodiscard]] virtual Result<FactsRef> describe(const audit::StatementFacts& facts) = 0;
  /// Before anything of the statement goes upstream. `statement` counts up within the session.
  /// `request` is empty unless the statement runs by an approval.
  [[nodiscard]] virtual Status admitted(FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at,
                                        const RequestId& request) = 0;
  /// After it ended. `rows` and `bytes` of result that went to the agent; bytes of DataRow or CopyData.
  [[nodiscard]] virtual Status completed(FactsRef facts, std::uint64_t session, std::uint64_t statement, Timestamp at, Outcome outcome,
                                         std::uint64_t rows, std::uint64_t bytes, std::string_view sqlstate) = 0;
  /// A statement that was refused; `facts` is 0 if it was not understood. `why` is an ErrorKind and a SQLSTATE, no data.
  [[nodiscard]] virtual Status refused(FactsRef facts, std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database,
                                       Timestamp at, ErrorKind kind, const Digest& text_digest) = 0;
  [[nodiscard]] virtual Status session_opened(std::uint64_t session, const auth::Identity& identity, const DatabaseAlias& database,
                                              const std::string& peer, std::uint32_t upstream_process_id, Timestamp at) = 0;
  [[nodiscard]] virtual Status session_closed(std::uint64_t session, Timestamp at) = 0;
  [[nodiscard]] virtual Status login_failed(std::string_view claimed_identity, const std::string& peer, Timestamp at, ErrorKind kind) = 0;

  /// Resumes when a full journal has room again, or fails with audit_unavailable after a few seconds.
  [[nodiscard]] virtual boost::asio::awaitable<Status> wait_for_room() = 0;
};

}  // namespace sluice::control
