#include "net/http_server.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <ctime>

namespace sluice::net {

namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

constexpr std::chrono::seconds kLingerFor{1};  // for a peer that still sends when we have already refused

// One connection: its stream and what it sent ahead of the request that is being read.
struct Connection {
  ByteStream& stream;
  HttpLimits limits;
  std::string unparsed;
};

std::string_view reason_of(int status) {
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {reason.data(), reason.size()};
}

HttpResponse problem(int status, std::string_view code) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = R"({"type":"urn:sluice:problem:)" + std::string(code) + R"(","title":")" + std::string(reason_of(status)) +
                  R"(","status":)" + std::to_string(status) + R"(,"code":")" + std::string(code) + "\"}\n";
  return response;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text, size};
}

std::string serialise(const HttpResponse& response, bool keep_alive, bool head, bool chunked) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(reason_of(response.status)) + "\r\n";
  const auto add = [&out](std::string_view name, std::string_view value) {
    if (value.find_first_of("\r\n") != std::string_view::npos) return;  // nothing may start a header of its own
    out.append(name).append(": ").append(value).append("\r\n");
  };
  add("date", http_date());
  if (!response.body.empty() || response.stream) add("content-type", response.content_type);
  if (!response.stream) {
    if (response.status != 204 && response.status != 304) add("content-length", std::to_string(response.body.size()));
  } else if (chunked) {
    add("transfer-encoding", "chunked");
  }
  add("cache-control", "no-store");
  add("x-content-type-options", "nosniff");
  add("connection", keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.fields) add(name, value);
  out += "\r\n";
  if (!head && !response.stream) out += response.body;
  return out;
}

HttpResponse response_to(const boost::beast::error_code& error) {
  if (error == http::error::header_limit) return problem(431, "header_too_large");
  if (error == http::error::body_limit) return problem(413, "body_too_large");
  return problem(400, "bad_request");
}

bool to_request(Parser& parser, HttpRequest& request) {
  auto& message = parser.get();
  const auto target = message.target();
  // An escaped slash would be a separator for us and none for a proxy before us.
  const std::string_view path(target.data(), std::min(target.find('?'), target.size()));
  if (path.find("%2f") != std::string_view::npos || path.find("%2F") != std::string_view::npos) return false;
  if (!parse_target(std::string_view(target.data(), target.size()), request.path, request.query)) return false;
  request.method = std::string(message.method_string());
  for (const auto& field : message.base()) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    request.fields.emplace_back(std::move(name), std::string(field.value()));
  }
  // RFC 9112: one host; and one way only to say where the body ends.
  if (message.version() == 11 && request.field("host") == nullptr) return false;
  if (message.count(http::field::transfer_encoding) + message.count(http::field::content_length) > 1) return false;
  request.body = std::move(message.body());
  return true;
}

enum class Received { request, refused, ended };

// Feeds the parser until it has a whole request. `refusal` is set if that is not to be.
awaitable<Received> receive(Connection& connection, Parser& parser, HttpResponse& refusal) {
  std::array<char, 8192> buffer;
  bool continued = false;
  bool started = false;
  while (true) {
    if (!connection.unparsed.empty()) {
      if (!started) connection.stream.set_deadline(std::chrono::steady_clock::now() + connection.limits.request_timeout);
      started = true;
      boost::beast::error_code error;
      const std::size_t taken = parser.put(boost::asio::buffer(connection.unparsed), error);
      connection.unparsed.erase(0, taken);
      if (error && error != http::error::need_more) {
        refusal = response_to(error);
        co_return Received::refused;
      }
      if (parser.is_done()) co_return Received::request;
      if (parser.is_header_done() && !continued && boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        continued = true;
        Status sent = co_await connection.stream.write("HTTP/1.1 100 Continue\r\n\r\n");
        if (!sent.ok()) co_return Received::ended;
      }
      // What the parser leaves is at most a part of the header.
      if (connection.unparsed.size() > connection.limits.header_bytes) {
        refusal = problem(431, "header_too_large");
        co_return Received::refused;
      }
    }
    Result<std::size_t> size = co_await connection.stream.read_some(buffer);
    if (!size.ok() && size.error().kind == ErrorKind::timed_out && started) {
      refusal = problem(408, "timed_out");
      co_return Received::refused;
    }
    if (!size.ok() || *size == 0) co_return Received::ended;
    connection.unparsed.append(buffer.data(), *size);
  }
}

class StreamWriter final : public HttpBodyWriter {
 public:
  StreamWriter(ByteStream& stream, bool chunked) : stream_(stream), chunked_(chunked) {}

  awaitable<Status> write(std::string_view bytes) override {
    if (gone_) co_return make_error(ErrorKind::canceled, "the reader has left");
    if (bytes.empty()) co_return Done{};  // would be the end
    std::string piece;
    if (chunked_) {
      std::array<char, 16> size{};
      const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
      piece.append(size.data(), end).append("\r\n").append(bytes).append("\r\n");
      bytes = piece;
    }
    Status sent = co_await stream_.write(bytes);
    if (!sent.ok()) gone_ = true;
    co_return sent;
  }
  [[nodiscard]] bool gone() const noexcept override { return gone_; }

  awaitable<void> finish() {
    if (!gone_ && chunked_) (void)co_await stream_.write("0\r\n\r\n");
    gone_ = true;
    stream_.close();
  }
  // Reads for the sole purpose of noticing that the reader leaves.
  awaitable<void> watch() {
    std::array<char, 1024> buffer;
    std::size_t swallowed = 0;
    while (!gone_ && swallowed < (64u << 10)) {
      Result<std::size_t> size = co_await stream_.read_some(buffer);
      if (!size.ok() || *size == 0) break;
      swallowed += *size;
    }
    gone_ = true;
  }

 private:
  ByteStream& stream_;
  bool chunked_;
  bool gone_ = false;
};

awaitable<void> produce(const HttpResponse& response, StreamWriter& writer) {
  awaitable<void> producing = response.stream(writer);
  co_await std::move(producing);
  co_await writer.finish();
}

awaitable<void> send_stream(ByteStream& stream, const HttpResponse& response, bool chunked, std::chrono::seconds patience) {
  stream.set_deadline(kNever);
  stream.set_write_timeout(patience);
  StreamWriter writer(stream, chunked);
  co_await both(produce(response, writer), writer.watch());
}

// Closing while the peer still sends would take our answer away from it.
awaitable<void> linger(ByteStream& stream) {
  stream.set_deadline(std::chrono::steady_clock::now() + kLingerFor);
  stream.shutdown_send();
  std::array<char, 8192> buffer;
  std::size_t swallowed = 0;
  while (swallowed < (4u << 20)) {
    Result<std::size_t> size = co_await stream.read_some(buffer);
    if (!size.ok() || *size == 0) break;
    swallowed += *size;
  }
}

}  // namespace

awaitable<void> serve_http(std::unique_ptr<ByteStream> stream, const HttpHandler& handler, HttpLimits limits) {
  Connection connection{*stream, limits, {}};
  while (true) {
    Parser parser;
    parser.eager(true);
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    stream->set_deadline(std::chrono::steady_clock::now() + limits.idle_timeout);
    HttpResponse response;
    const Received received = co_await receive(connection, parser, response);
    if (received == Received::ended) break;

    bool keep_alive = false;
    bool head = false;
    if (received == Received::request) {
      HttpRequest request;
      request.peer = stream->peer();
      if (to_request(parser, request)) {
        keep_alive = parser.get().keep_alive();
        head = request.method == "HEAD";
        awaitable<HttpResponse> answering = handler(std::move(request));
        response = co_await std::move(answering);
      } else {
        response = problem(400, "bad_request");
      }
    }
    const bool chunked = received == Received::request && parser.get().version() == 11;
    if (response.stream) keep_alive = false;
    const std::string bytes = serialise(response, keep_alive, head, chunked);
    stream->set_deadline(std::chrono::steady_clock::now() + limits.request_timeout);
    Status sent = co_await stream->write(bytes);
    if (!sent.ok()) break;
    if (response.stream && !head) {
      co_await send_stream(*stream, response, chunked, limits.stream_patience);
      break;
    }
    if (!keep_alive) {
      co_await linger(*stream);
      break;
    }
  }
  stream->close();
}

}  // namespace sluice::net
