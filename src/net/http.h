#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/task.h"

namespace sluice::net {

/// A header's name in lower case and its value.
using HttpField = std::pair<std::string, std::string>;

struct HttpRequest {
  std::string method;                ///< "GET" …
  std::string path;                  ///< decoded, starts with '/'
  std::vector<HttpField> query;      ///< decoded, in order
  std::vector<HttpField> fields;
  std::string body;
  std::string peer;                  ///< as ByteStream::peer()

  /// The value of a header that occurs exactly once; nullptr otherwise.
  [[nodiscard]] const std::string* field(std::string_view name) const;
};

/// Takes a body piece by piece. One that reads too slowly, or has left, makes write() fail; then the body ends. Who will send
/// nothing more has left, too: it cannot be told from a reader who is gone.
class HttpBodyWriter {
 public:
  virtual ~HttpBodyWriter() = default;
  [[nodiscard]] virtual awaitable<Status> write(std::string_view bytes) = 0;
  [[nodiscard]] virtual bool gone() const noexcept = 0;  ///< the reader has left
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<HttpField> fields;     ///< further headers
  std::string body;
  /// In place of `body`, for a body without a known end; the connection ends with it. May be empty.
  std::function<awaitable<void>(HttpBodyWriter&)> stream;
};

struct HttpLimits {
  std::size_t header_bytes = 16u << 10;
  std::size_t body_bytes = 1u << 20;
  std::chrono::seconds request_timeout{20};  ///< from the first wait for a request until the answer is written
  std::chrono::seconds idle_timeout{60};     ///< between requests of one connection
  std::chrono::seconds stream_patience{10};  ///< for a reader of a streamed body who takes nothing
};

/// Splits "/a%20b?x=1&y=" into path and query; false if it is malformed: not absolute, a bad or
/// NUL escape, not UTF-8.
[[nodiscard]] bool parse_target(std::string_view target, std::string& path, std::vector<HttpField>& query);
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace sluice::net
