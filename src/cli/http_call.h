#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"

namespace sluice::cli {

/// Where the REST API of a running Sluice is, and who calls.
struct ApiOptions {
  std::string url;         ///< "http://host:port", "https://host:port" or "unix:/path"; empty: SLUICE_URL, else the usual port here
  std::string token_file;  ///< empty: the token is in SLUICE_TOKEN
  bool anonymous = false;  ///< no token at all, for what needs none
};

/// One call, answered within 30 seconds or failed. Blocks. A response that is a problem document becomes an
/// error with its detail and hint.
[[nodiscard]] Result<net::HttpResponse> http_call(const ApiOptions& api, net::HttpRequest request);

/// Gets each line of a streamed body, without its end; false: that is enough.
using LineHandler = std::function<bool(std::string_view line)>;
/// GET without an end. True: `on_line` had enough. False: the server ended it. Errors: upstream_unavailable: no connection, or it
/// was lost; others: the server does not want it.
[[nodiscard]] Result<bool> http_watch(const ApiOptions& api, net::HttpRequest request, const LineHandler& on_line);

}  // namespace sluice::cli
