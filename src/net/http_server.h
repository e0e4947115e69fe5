#pragma once

#include <functional>
#include <memory>

#include "net/byte_stream.h"
#include "net/http.h"

namespace sluice::net {

/// Answers one request. Must not throw. Outlives every connection it serves.
using HttpHandler = std::function<awaitable<HttpResponse>(HttpRequest)>;

/// Serves HTTP/1.1 requests of one connection, one after the other, until the peer leaves, breaks the
/// protocol, exceeds a limit or a timeout. `handler` must outlive the call.
[[nodiscard]] awaitable<void> serve_http(std::unique_ptr<ByteStream> stream, const HttpHandler& handler, HttpLimits limits);

}  // namespace sluice::net
