#pragma once

#include <string>
#include <string_view>

#include "protocol/message_reader.h"

namespace sluice::protocol {

enum class TraceSource { agent, upstream };

struct TraceOptions {
  bool redact_values = true;      ///< parameters, rows, COPY bytes, passwords, keys: only their sizes
  bool redact_statements = true;  ///< SQL text, and messages and details of errors: only their sizes
};

/// One message as one line without its end, in the shape of PQtrace: `F\t13\tQuery\t "SELECT 1"`. Total:
/// what cannot be decoded is shown as such.
[[nodiscard]] std::string trace_line(TraceSource source, const MessageView& message, const TraceOptions& options = {});
/// Likewise for a start-up packet without its length.
[[nodiscard]] std::string trace_startup_line(std::string_view body, const TraceOptions& options = {});

}  // namespace sluice::protocol
