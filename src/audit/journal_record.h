#pragma once

#include <string>
#include <string_view>

#include "audit/record.h"
#include "base/result.h"

namespace sluice::audit {

// The short form in which a worker writes a record into its journal: read again on the same machine only,
// by the same version or a later one, so numbers are in the machine's own order. `described` is the number
// of the StatementDescribed within the same journal. Sequence and source are not part of it.

/// Replaces `out`. Only the kinds that workers write: sessions, logins and statements.
void encode_journal_record(std::string& out, Timestamp at, const Event& event);

/// The three of every statement, without building an Event.
void encode_admitted(std::string& out, Timestamp at, std::uint64_t session, std::uint64_t statement, std::uint64_t described,
                     std::string_view request);
void encode_completed(std::string& out, Timestamp at, std::uint64_t session, std::uint64_t statement, std::uint64_t described,
                      Outcome outcome, std::uint64_t rows, std::uint64_t bytes, std::string_view sqlstate);
void encode_described(std::string& out, Timestamp at, const StatementFacts& facts);

/// The inverse; audit_unavailable if the bytes are no such record.
[[nodiscard]] Result<Record> decode_journal_record(std::string_view bytes);

/// No record of the end of a statement or session is longer than this.
inline constexpr std::size_t kMaxEndRecordBytes = 128;

}  // namespace sluice::audit
