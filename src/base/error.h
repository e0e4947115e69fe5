#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// Why something could not be done. A closed set: protocol/sqlstate.cpp maps it to SQLSTATE and
/// admin/http_status.cpp to HTTP, nobody else does.
enum class ErrorKind {
  // what the agent sent
  protocol_violation,       ///< message out of order or malformed
  message_too_large,        ///< a message above the configured limit
  invalid_credentials,      ///< wrong password, unknown identity: one kind, so that nobody can tell which
  invalid_authorization,    ///< authenticated, but may not connect like this
  unknown_database,
  syntax_error,
  statement_too_complex,    ///< nesting above the bound
  statement_too_large,      ///< bytes above the bound
  not_supported,            ///< understood as a construct that Sluice does not handle: refused
  invalid_text_encoding,    ///< not valid UTF-8, or a NUL byte
  // names
  undefined_table,
  undefined_column,
  ambiguous_column,
  undefined_function,
  undefined_object,
  duplicate_alias,
  undefined_prepared_statement,
  undefined_cursor,
  planned_in_parts,         ///< of several statements in one text each must be planned after the one before has run
  invalid_parameter_value,
  // policy
  denied,                   ///< a rule, or the absence of a grant
  approval_pending,         ///< hold_mode error: come back later with the same statement
  approval_denied,
  approval_expired,         ///< nobody decided in time: a denial
  canceled,                 ///< the agent cancelled
  budget_exceeded,
  // the rim
  upstream_unavailable,
  cannot_connect_now,       ///< the upstream is there but takes nobody in at the moment
  too_many_connections,
  too_many_objects,         ///< prepared statements or cursors above the limit of the session
  out_of_memory,            ///< the memory that sessions may use is used up
  idle_session_timeout,     ///< ends the session, as the next does
  idle_in_transaction_timeout,
  shutting_down,
  audit_unavailable,        ///< the audit log cannot be written: statements stop
  store_unavailable,
  timed_out,
  configuration,            ///< a mistake in a configuration file; the message starts with file:line:col
  not_found,                ///< an object named in an API call
  conflict,                 ///< an API call that lost against an earlier one
  bad_request,              ///< an API call that is malformed
  internal,                 ///< a broken promise of our own code
};

/// An expected failure. Texts follow PostgreSQL's style: lower case, no full stop, and never data of
/// rows, names of other people or the insides of rules.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string detail;  ///< empty, or one JSON object for machines
  std::string hint;    ///< empty, or what to do next, in words
  int position = 0;    ///< 1-based character of the statement as the agent wrote it; 0 = none

  friend bool operator==(const Error&, const Error&) = default;
};

[[nodiscard]] inline Error make_error(ErrorKind kind, std::string message, std::string hint = {}) {
  return Error{kind, std::move(message), {}, std::move(hint), 0};
}

/// The kind's name as written in the enum, for logs and audit records.
[[nodiscard]] std::string_view to_text(ErrorKind kind);

}  // namespace sluice
