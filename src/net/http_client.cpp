#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace sluice::net {

namespace {
namespace http = boost::beast::http;

std::string serialise(const HttpRequest& request, const std::string& host) {
  std::string out = request.method + " ";
  // The path is text; its segments keep their slashes.
  std::string_view rest = request.path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    out += percent_encode(rest.substr(0, end));
    rest.remove_prefix(end);
    if (!rest.empty()) {
      out += '/';
      rest.remove_prefix(1);
    }
  }
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    out += separator;
    out.append(percent_encode(name)).append("=").append(percent_encode(value));
    separator = '&';
  }
  out += " HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\ncontent-length: " + std::to_string(request.body.size()) + "\r\n";
  for (const auto& [name, value] : request.fields) out.append(name).append(": ").append(value).append("\r\n");
  out += "\r\n";
  return out + request.body;
}

bool safe(const HttpRequest& request, const std::string& host) {
  const auto breaks = [](std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; };
  return !breaks(host) && std::none_of(request.fields.begin(), request.fields.end(),
                                       [&](const HttpField& field) { return breaks(field.first) || breaks(field.second); });
}
}  // namespace

awaitable<Result<HttpResponse>> http_exchange(ByteStream& stream, HttpRequest request, std::string host, std::size_t body_limit) {
  if (!safe(request, host)) co_return make_error(ErrorKind::bad_request, "HTTP header contains a line break");
  const std::string bytes = serialise(request, host);
  Status sent = co_await stream.write(bytes);
  if (!sent.ok()) co_return std::move(sent).error();

  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(64u << 10);
  parser.body_limit(body_limit);
  if (request.method == "HEAD") parser.skip(true);
  std::string unparsed;
  std::array<char, 16384> buffer;
  while (!parser.is_done()) {
    Result<std::size_t> size = co_await stream.read_some(buffer);
    if (!size.ok()) co_return std::move(size).error();
    boost::beast::error_code error;
    if (*size == 0) {
      parser.put_eof(error);
      if (error || !parser.is_done()) co_return make_error(ErrorKind::upstream_unavailable, "connection ended in the middle of an HTTP response");
      break;
    }
    unparsed.append(buffer.data(), *size);
    const std::size_t taken = parser.put(boost::asio::buffer(unparsed), error);
    unparsed.erase(0, taken);
    if (error && error != http::error::need_more) {
      co_return make_error(ErrorKind::protocol_violation, "malformed HTTP response: " + error.message());
    }
  }

  HttpResponse response;
  auto& message = parser.get();
  response.status = static_cast<int>(message.result_int());
  response.content_type.clear();
  for (const auto& field : message.base()) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (name == "content-type") response.content_type = std::string(field.value());
    response.fields.emplace_back(std::move(name), std::string(field.value()));
  }
  response.body = std::move(message.body());
  co_return response;
}

}  // namespace sluice::net
