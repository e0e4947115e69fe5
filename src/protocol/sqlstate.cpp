#include "protocol/sqlstate.h"

#include <utility>

namespace sluice::protocol {
namespace {

std::string_view level(Severity severity) noexcept {
  switch (severity) {
    case Severity::error: return "ERROR";
    case Severity::fatal: return "FATAL";
    case Severity::warning: return "WARNING";
    case Severity::notice: return "NOTICE";
  }
  return "ERROR";
}

}  // namespace

std::string_view sqlstate(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::protocol_violation: return "08P01";
    case ErrorKind::message_too_large: return "54000";
    case ErrorKind::invalid_credentials: return "28P01";
    case ErrorKind::invalid_authorization: return "28000";
    case ErrorKind::unknown_database: return "3D000";
    case ErrorKind::syntax_error: return "42601";
    case ErrorKind::statement_too_complex: return "54001";
    case ErrorKind::statement_too_large: return "54000";
    case ErrorKind::not_supported: return "0A000";
    case ErrorKind::invalid_text_encoding: return "22021";
    case ErrorKind::undefined_table: return "42P01";
    case ErrorKind::undefined_column: return "42703";
    case ErrorKind::ambiguous_column: return "42702";
    case ErrorKind::undefined_function: return "42883";
    case ErrorKind::undefined_object: return "42704";
    case ErrorKind::duplicate_alias: return "42712";
    case ErrorKind::undefined_prepared_statement: return "26000";
    case ErrorKind::undefined_cursor: return "34000";
    case ErrorKind::planned_in_parts: return "0A000";
    case ErrorKind::invalid_parameter_value: return "22023";
    case ErrorKind::denied: return "42501";
    case ErrorKind::approval_pending: return "SL001";
    case ErrorKind::approval_denied: return "42501";
    case ErrorKind::approval_expired: return "57014";
    case ErrorKind::canceled: return "57014";
    case ErrorKind::budget_exceeded: return "53400";
    case ErrorKind::upstream_unavailable: return "08006";
    case ErrorKind::cannot_connect_now: return "57P03";
    case ErrorKind::too_many_connections: return "53300";
    case ErrorKind::too_many_objects: return "54000";
    case ErrorKind::out_of_memory: return "53200";
    case ErrorKind::idle_session_timeout: return "57P05";
    case ErrorKind::idle_in_transaction_timeout: return "25P03";
    case ErrorKind::shutting_down: return "57P01";
    case ErrorKind::audit_unavailable: return "58030";
    case ErrorKind::store_unavailable: return "58000";
    case ErrorKind::timed_out: return "57014";
    case ErrorKind::configuration: return "F0000";
    case ErrorKind::not_found: return "42704";
    case ErrorKind::conflict: return "55000";
    case ErrorKind::bad_request: return "22023";
    case ErrorKind::internal: return "XX000";
  }
  return "XX000";
}

ErrorResponse error_response(const Error& error, Severity severity) {
  ErrorResponse response;
  response.fields.severity = level(severity);
  response.fields.severity_unlocalized = level(severity);
  response.fields.code = sqlstate(error.kind);
  response.fields.message = error.message.empty() ? std::string(to_text(error.kind)) : error.message;
  response.fields.detail = error.detail;
  response.fields.hint = error.hint;
  response.fields.position = error.position > 0 ? error.position : 0;
  return response;
}

NoticeResponse notice_response(Severity severity, std::string message, std::string detail, std::string hint) {
  NoticeResponse response;
  response.fields.severity = level(severity);
  response.fields.severity_unlocalized = level(severity);
  response.fields.code = severity == Severity::notice ? "00000" : "01000";
  response.fields.message = std::move(message);
  response.fields.detail = std::move(detail);
  response.fields.hint = std::move(hint);
  return response;
}

}  // namespace sluice::protocol
