#include "net/websocket.h"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <utility>

#include "base/digest.h"
#include "net/connect.h"

namespace sluice::net {
namespace {

namespace http = boost::beast::http;
using std::chrono::steady_clock;

Error over(const std::string& why) { return make_error(ErrorKind::upstream_unavailable, "WebSocket: " + why); }

std::string upgrade_request(const Url& url, const std::string& key) {
  std::string target;
  std::string_view rest = url.path;  // text, whose segments keep their slashes
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    target += percent_encode(rest.substr(0, end));
    if (end < rest.size()) target += '/';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  char separator = '?';
  for (const auto& [name, value] : url.query) {
    target += separator;
    target += percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  }
  return "GET " + target + " HTTP/1.1\r\nhost: " + authority_of(url) + "\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n" +
         "sec-websocket-key: " + key + "\r\n\r\n";
}

// Reads the answer to the upgrade; what came after it is left in `rest`.
awaitable<Status> read_upgrade(ByteStream& stream, const std::string& key, std::string& rest) {
  http::response_parser<http::empty_body> parser;
  parser.header_limit(16u << 10);
  parser.skip(true);
  std::array<char, 4096> buffer;
  while (!parser.is_header_done()) {
    Result<std::size_t> size = co_await stream.read_some(buffer);
    if (!size.ok()) co_return std::move(size).error();
    if (*size == 0) co_return over("the connection ended before the upgrade");
    rest.append(buffer.data(), *size);
    boost::beast::error_code error;
    const std::size_t taken = parser.put(boost::asio::buffer(rest), error);
    rest.erase(0, taken);
    if (error && error != http::error::need_more) co_return over("malformed answer to the upgrade");
  }
  const auto& answer = parser.get();
  if (answer.result_int() != 101 || !boost::beast::iequals(answer["upgrade"], "websocket") || !http::token_list(answer["connection"]).exists("upgrade") ||
      std::string_view(answer["sec-websocket-accept"]) != websocket_accept(key) || answer.count("sec-websocket-extensions") > 0) {
    co_return over("the upgrade was refused with status " + std::to_string(answer.result_int()));
  }
  co_return Done{};
}

}  // namespace

WebSocket::WebSocket(std::unique_ptr<ByteStream> stream, Executor executor, Limits limits)
    : stream_(std::move(stream)), executor_(std::move(executor)), limits_(limits), reader_(limits.message_bytes), last_sign_(steady_clock::now()) {}

awaitable<Result<std::shared_ptr<WebSocket>>> WebSocket::connect(Url url, CallOptions options, Limits limits) {
  const Deadline deadline = steady_clock::now() + options.timeout;
  if (url.tls && options.tls == nullptr) co_return make_error(ErrorKind::internal, "a call over TLS without its settings");
  const AddressFilter filter = options.destinations == Destinations::public_only ? &is_public_address : nullptr;
  TcpOptions tcp;
  auto connecting = connect_tcp(url.host, url.port, deadline, AddressOrder::as_resolved, tcp, filter);
  Result<std::unique_ptr<ByteStream>> stream = co_await std::move(connecting);
  if (!stream.ok()) co_return std::move(stream).error();
  (*stream)->set_deadline(deadline);
  if (url.tls) {
    Status secured = co_await (*stream)->connect_tls(*options.tls, url.host);
    if (!secured.ok()) co_return std::move(secured).error();
  }
  std::array<std::uint8_t, 16> random{};
  fill_random(random);
  const std::string key = to_base64(random);
  const std::string request = upgrade_request(url, key);
  Status sent = co_await (*stream)->write(request);
  if (!sent.ok()) co_return std::move(sent).error();
  std::string rest;
  auto upgrading = read_upgrade(**stream, key, rest);
  Status upgraded = co_await std::move(upgrading);
  if (!upgraded.ok()) co_return std::move(upgraded).error();
  (*stream)->set_deadline(kNever);
  const Executor here = co_await boost::asio::this_coro::executor;
  auto socket = std::make_shared<WebSocket>(std::move(*stream), here, limits);
  socket->reader_.add(rest);
  spawn(here, watch(socket));
  co_return socket;
}

awaitable<Result<std::string>> WebSocket::receive() {
  std::array<char, 16384> buffer;
  while (!closed_) {
    Result<std::optional<WebSocketMessage>> message = reader_.next();
    if (!message.ok()) {
      close();
      co_return std::move(message).error();
    }
    if (*message) {
      switch ((*message)->opcode) {
        case WebSocketOpcode::text: co_return std::move((*message)->payload);
        case WebSocketOpcode::ping: put(WebSocketOpcode::pong, (*message)->payload); break;
        case WebSocketOpcode::close: close(); break;
        case WebSocketOpcode::pong:
        case WebSocketOpcode::binary:
        case WebSocketOpcode::continuation: break;
      }
      continue;
    }
    Result<std::size_t> size = co_await stream_->read_some(buffer);
    if (!size.ok()) {
      stream_->close();
      closed_ = true;
      co_return over(size.error().message);
    }
    if (*size == 0) break;
    last_sign_ = steady_clock::now();
    reader_.add({buffer.data(), *size});
  }
  close();
  co_return over("the connection ended");
}

void WebSocket::send(std::string_view text) { put(WebSocketOpcode::text, text); }

void WebSocket::close() {
  if (closed_) return;
  put(WebSocketOpcode::close, std::string_view("\x03\xE8", 2));  // 1000, normal
  closed_ = true;
}

void WebSocket::put(WebSocketOpcode opcode, std::string_view payload) {
  if (closed_) return;
  std::array<std::uint8_t, 4> key{};
  fill_random(key);
  unsent_.push_back(client_frame(opcode, payload, key));
  if (writing_) return;
  writing_ = true;
  spawn(executor_, write_all(shared_from_this()));
}

awaitable<void> WebSocket::write_all(std::shared_ptr<WebSocket> socket) {
  bool broken = false;
  while (!socket->unsent_.empty() && !broken) {
    const std::string frame = std::move(socket->unsent_.front());
    socket->unsent_.pop_front();
    const Status written = co_await socket->stream_->write(frame);
    broken = !written.ok();
  }
  socket->writing_ = false;
  if (broken || socket->closed_) socket->stream_->close();
  socket->closed_ = socket->closed_ || broken;
}

awaitable<void> WebSocket::watch(std::shared_ptr<WebSocket> socket) {
  while (!socket->closed_) {
    const auto quiet = steady_clock::now() - socket->last_sign_;
    if (quiet >= socket->limits_.silence) {
      socket->closed_ = true;
      socket->stream_->close();
      break;
    }
    if (quiet >= socket->limits_.quiet) socket->put(WebSocketOpcode::ping, {});
    co_await sleep_until(steady_clock::now() + socket->limits_.quiet / 2);
  }
}

}  // namespace sluice::net
