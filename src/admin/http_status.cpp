#include "admin/http_status.h"

#include <nlohmann/json.hpp>

namespace sluice::admin {

int http_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_credentials:
      return 401;
    case ErrorKind::invalid_authorization:
    case ErrorKind::denied:
    case ErrorKind::approval_denied:
      return 403;
    case ErrorKind::not_found:
    case ErrorKind::unknown_database:
      return 404;
    case ErrorKind::conflict:
    case ErrorKind::approval_pending:
    case ErrorKind::approval_expired:
      return 409;
    case ErrorKind::message_too_large:
    case ErrorKind::statement_too_large:
      return 413;
    case ErrorKind::protocol_violation:
    case ErrorKind::bad_request:
    case ErrorKind::invalid_text_encoding:
    case ErrorKind::invalid_parameter_value:
      return 400;
    case ErrorKind::configuration:
    case ErrorKind::syntax_error:
    case ErrorKind::statement_too_complex:
    case ErrorKind::not_supported:
    case ErrorKind::undefined_table:
    case ErrorKind::undefined_column:
    case ErrorKind::ambiguous_column:
    case ErrorKind::undefined_function:
    case ErrorKind::undefined_object:
    case ErrorKind::duplicate_alias:
    case ErrorKind::undefined_prepared_statement:
    case ErrorKind::undefined_cursor:
    case ErrorKind::planned_in_parts:
      return 422;
    case ErrorKind::budget_exceeded:
      return 429;
    case ErrorKind::upstream_unavailable:
    case ErrorKind::cannot_connect_now:
    case ErrorKind::too_many_connections:
    case ErrorKind::too_many_objects:
    case ErrorKind::out_of_memory:
    case ErrorKind::idle_session_timeout:
    case ErrorKind::idle_in_transaction_timeout:
    case ErrorKind::shutting_down:
    case ErrorKind::audit_unavailable:
    case ErrorKind::store_unavailable:
    case ErrorKind::canceled:
      return 503;
    case ErrorKind::timed_out:
      return 504;
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

namespace {
const char* title_of(int status) {
  switch (status) {
    case 400: return "The request is malformed";
    case 401: return "A valid API token is needed";
    case 403: return "Permission denied";
    case 404: return "No such object";
    case 409: return "The state of the object does not allow this";
    case 412: return "The object has changed";
    case 413: return "The request is too large";
    case 422: return "The content was not accepted";
    case 429: return "A limit is exhausted";
    case 503: return "Not available at present";
    case 504: return "It took too long";
    default: return "Internal error";
  }
}
}  // namespace

net::HttpResponse problem(const Error& error) { return problem(http_status(error.kind), to_text(error.kind), error.message, error.hint); }

net::HttpResponse problem(int status, std::string_view code, const std::string& detail, const std::string& hint) {
  nlohmann::ordered_json body{{"type", "urn:sluice:problem:" + std::string(code)},
                              {"title", title_of(status)},
                              {"status", status},
                              {"detail", detail},
                              {"code", code}};
  if (!hint.empty()) body["hint"] = hint;
  net::HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (status == 401) response.fields.emplace_back("www-authenticate", "Bearer");
  return response;
}

net::HttpResponse json_response(std::string body) {
  net::HttpResponse response;
  response.body = std::move(body);
  response.body += "\n";
  return response;
}

}  // namespace sluice::admin
