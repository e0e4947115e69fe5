#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http.h"

namespace sluice::admin {

/// The one table from kinds of error to HTTP status.
[[nodiscard]] int http_status(ErrorKind kind);

/// The error as RFC 9457 problem details: `type` is urn:sluice:problem:<code>, `code` the kind's name.
[[nodiscard]] net::HttpResponse problem(const Error& error);

/// Likewise for what only HTTP knows.
[[nodiscard]] net::HttpResponse problem(int status, std::string_view code, const std::string& detail, const std::string& hint = {});

/// A response with a JSON text as its body.
[[nodiscard]] net::HttpResponse json_response(std::string body);

}  // namespace sluice::admin
