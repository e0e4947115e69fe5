#pragma once

#include "net/byte_stream.h"
#include "net/http.h"

namespace sluice::net {

/// Sends one request and reads its whole response (at most `body_limit` bytes of body). `host` is the
/// Host header. The stream's deadline holds. Fields of the answer have lower-case names.
[[nodiscard]] awaitable<Result<HttpResponse>> http_exchange(ByteStream& stream, HttpRequest request, std::string host,
                                                            std::size_t body_limit = 16u << 20);

}  // namespace sluice::net
