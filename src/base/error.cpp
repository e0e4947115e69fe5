#include "base/error.h"

namespace sluice {

std::string_view to_text(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::protocol_violation: return "protocol_violation";
    case ErrorKind::message_too_large: return "message_too_large";
    case ErrorKind::invalid_credentials: return "invalid_credentials";
    case ErrorKind::invalid_authorization: return "invalid_authorization";
    case ErrorKind::unknown_database: return "unknown_database";
    case ErrorKind::syntax_error: return "syntax_error";
    case ErrorKind::statement_too_complex: return "statement_too_complex";
    case ErrorKind::statement_too_large: return "statement_too_large";
    case ErrorKind::not_supported: return "not_supported";
    case ErrorKind::invalid_text_encoding: return "invalid_text_encoding";
    case ErrorKind::undefined_table: return "undefined_table";
    case ErrorKind::undefined_column: return "undefined_column";
    case ErrorKind::ambiguous_column: return "ambiguous_column";
    case ErrorKind::undefined_function: return "undefined_function";
    case ErrorKind::undefined_object: return "undefined_object";
    case ErrorKind::duplicate_alias: return "duplicate_alias";
    case ErrorKind::undefined_prepared_statement: return "undefined_prepared_statement";
    case ErrorKind::undefined_cursor: return "undefined_cursor";
    case ErrorKind::planned_in_parts: return "planned_in_parts";
    case ErrorKind::invalid_parameter_value: return "invalid_parameter_value";
    case ErrorKind::denied: return "denied";
    case ErrorKind::approval_pending: return "approval_pending";
    case ErrorKind::approval_denied: return "approval_denied";
    case ErrorKind::approval_expired: return "approval_expired";
    case ErrorKind::canceled: return "canceled";
    case ErrorKind::budget_exceeded: return "budget_exceeded";
    case ErrorKind::upstream_unavailable: return "upstream_unavailable";
    case ErrorKind::cannot_connect_now: return "cannot_connect_now";
    case ErrorKind::too_many_connections: return "too_many_connections";
    case ErrorKind::too_many_objects: return "too_many_objects";
    case ErrorKind::out_of_memory: return "out_of_memory";
    case ErrorKind::idle_session_timeout: return "idle_session_timeout";
    case ErrorKind::idle_in_transaction_timeout: return "idle_in_transaction_timeout";
    case ErrorKind::shutting_down: return "shutting_down";
    case ErrorKind::audit_unavailable: return "audit_unavailable";
    case ErrorKind::store_unavailable: return "store_unavailable";
    case ErrorKind::timed_out: return "timed_out";
    case ErrorKind::configuration: return "configuration";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::bad_request: return "bad_request";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

}  // namespace sluice
