#pragma once

#include <string>
#include <string_view>

#include "audit/record.h"
#include "base/result.h"

namespace sluice::audit {

/// Appends the record as a JSON object without its last brace, as docs/audit-format.md gives it; the chain
/// adds the digest and the brace. A sequence of 0 and an empty source are left out.
void append_record(std::string& out, const Record& record);

/// The record of one line of the log, or of append_record()'s text with a brace. audit_unavailable if it
/// is no record. Does not look at the digest: that is the chain's.
[[nodiscard]] Result<Record> decode_record(std::string_view line);

}  // namespace sluice::audit
