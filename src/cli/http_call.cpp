#include "cli/http_call.h"

#include <sys/stat.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "net/connect.h"
#include "net/http_client.h"
#include "net/json.h"
#include "net/tls.h"

namespace sluice::cli {

namespace {

constexpr std::chrono::seconds kCallTimeout{30};
constexpr const char* kUsualUrl = "http://127.0.0.1:6480";

struct Target {
  bool tls = false;
  std::string socket_path;  ///< empty: TCP
  std::string host;
  std::uint16_t port = 0;
  std::string host_header;
};

Error bad_url(const std::string& url) {
  return make_error(ErrorKind::bad_request, "cannot call \"" + url + "\"", "Give a URL such as http://127.0.0.1:6480 or unix:/run/sluice/admin.sock.");
}

Result<Target> target_of(const std::string& url) {
  Target target;
  std::string_view rest = url;
  if (rest.starts_with("unix:/")) {
    target.socket_path = rest.substr(5);
    target.host_header = "localhost";
    return target;
  }
  target.tls = rest.starts_with("https://");
  if (!target.tls && !rest.starts_with("http://")) return bad_url(url);
  rest.remove_prefix(target.tls ? 8 : 7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@") != std::string_view::npos) return bad_url(url);
  target.host_header = rest;
  target.port = target.tls ? 443 : 80;
  const std::size_t bracket = rest.rfind(']');
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view digits = rest.substr(colon + 1);
    const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
    if (error != std::errc() || stopped != digits.data() + digits.size()) return bad_url(url);
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  if (rest.empty()) return bad_url(url);
  target.host = rest;
  return target;
}

Result<Secret> token_of(const ApiOptions& api) {
  if (api.anonymous) return Secret();
  std::string text;
  if (!api.token_file.empty()) {
    struct stat status {};
    if (::stat(api.token_file.c_str(), &status) == 0 && (status.st_mode & S_IRWXO) != 0) {
      return make_error(ErrorKind::configuration, "token file \"" + api.token_file + "\" is accessible to every user of this machine",
                        "Run chmod 600 on it.");
    }
    std::ifstream file(api.token_file);
    if (!file) return make_error(ErrorKind::configuration, "cannot read token file \"" + api.token_file + "\"");
    text.assign(std::istreambuf_iterator<char>(file), {});
  } else if (const char* variable = std::getenv("SLUICE_TOKEN"); variable != nullptr) {
    text = variable;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  if (text.empty()) {
    return make_error(ErrorKind::invalid_credentials, "no API token", "Set SLUICE_TOKEN or use --token-file.");
  }
  return Secret(std::move(text));
}

using Outcome = Result<net::HttpResponse>;

net::awaitable<Result<std::unique_ptr<net::ByteStream>>> connect(Target target, net::Deadline deadline) {
  Result<std::unique_ptr<net::ByteStream>> stream = make_error(ErrorKind::internal, "not connected");
  if (target.socket_path.empty()) {
    stream = co_await net::connect_tcp(target.host, target.port, deadline);
  } else {
    stream = co_await net::connect_unix(target.socket_path, deadline);
  }
  if (!stream.ok()) co_return std::move(stream).error();
  (*stream)->set_deadline(deadline);
  if (target.tls) {
    SLUICE_CO_TRY(context, net::TlsClientContext::make(net::TlsVerification::full));
    Status secured = co_await (*stream)->connect_tls(*context, target.host);
    if (!secured.ok()) co_return std::move(secured).error();
  }
  co_return stream;
}

net::awaitable<Outcome> exchange(Target target, net::HttpRequest request, net::Deadline deadline) {
  const std::string host = target.host_header;
  Result<std::unique_ptr<net::ByteStream>> stream = co_await connect(std::move(target), deadline);
  if (!stream.ok()) co_return std::move(stream).error();
  net::awaitable<Outcome> exchanging = net::http_exchange(**stream, std::move(request), host);
  Outcome response = co_await std::move(exchanging);
  co_return response;
}

net::awaitable<void> exchange_into(Target target, net::HttpRequest request, std::optional<Outcome>* out) {
  const net::Deadline deadline = std::chrono::steady_clock::now() + kCallTimeout;
  net::awaitable<Outcome> exchanging = exchange(std::move(target), std::move(request), deadline);
  Outcome outcome = co_await std::move(exchanging);
  out->emplace(std::move(outcome));
}

// The error that a problem document tells of.
Error error_of(const net::HttpResponse& response) {
  Error error = make_error(ErrorKind::bad_request, "the server answered with HTTP status " + std::to_string(response.status));
  const Result<nlohmann::json> body = net::parse_untrusted(response.body);
  if (!body.ok() || !body->is_object()) return error;
  if (const auto detail = body->find("detail"); detail != body->end() && detail->is_string()) error.message = detail->get<std::string>();
  if (const auto hint = body->find("hint"); hint != body->end() && hint->is_string()) error.hint = hint->get<std::string>();
  return error;
}

// One request as HTTP/1.0: its answer ends with the connection and has no pieces to put together.
net::awaitable<Result<bool>> read_lines(Target target, net::HttpRequest request, const LineHandler& on_line) {
  constexpr std::size_t kMaxLine = 8u << 20;
  constexpr std::chrono::seconds kSilence{60};  // there is a heartbeat every 15 s
  std::string head = "GET " + request.path + " HTTP/1.0\r\nhost: " + target.host_header + "\r\n";
  for (const auto& [name, value] : request.fields) head.append(name).append(": ").append(value).append("\r\n");
  head += "\r\n";
  Result<std::unique_ptr<net::ByteStream>> stream = co_await connect(std::move(target), std::chrono::steady_clock::now() + kCallTimeout);
  if (!stream.ok()) co_return std::move(stream).error();
  SLUICE_CO_CHECK(co_await (*stream)->write(head));
  std::string unread;
  std::string header;
  bool in_header = true;
  std::array<char, 16384> buffer;
  for (;;) {
    (*stream)->set_deadline(std::chrono::steady_clock::now() + kSilence);
    const Result<std::size_t> size = co_await (*stream)->read_some(buffer);
    if (!size.ok() || *size == 0) break;
    unread.append(buffer.data(), *size);
    for (std::size_t end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
      std::string line = unread.substr(0, end);
      unread.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      if (in_header) {
        if (header.empty() && line.find(" 200 ") == std::string::npos) co_return make_error(ErrorKind::bad_request, "the server answered " + line);
        header += line + "\n";
        in_header = !line.empty();
      } else if (!on_line(line)) {
        co_return true;
      }
    }
    if (unread.size() > kMaxLine) co_return make_error(ErrorKind::protocol_violation, "the server sends a line without an end");
  }
  if (in_header) co_return make_error(ErrorKind::upstream_unavailable, "the connection was lost");
  co_return false;
}

net::awaitable<void> read_lines_into(Target target, net::HttpRequest request, const LineHandler* on_line, std::optional<Result<bool>>* out) {
  net::awaitable<Result<bool>> reading = read_lines(std::move(target), std::move(request), *on_line);
  Result<bool> outcome = co_await std::move(reading);
  out->emplace(std::move(outcome));
}

struct Prepared {
  Target target;
  net::HttpRequest request;
};

Result<Prepared> prepare(const ApiOptions& api, net::HttpRequest request) {
  const char* variable = std::getenv("SLUICE_URL");
  const std::string url = !api.url.empty() ? api.url : variable != nullptr && *variable != '\0' ? variable : kUsualUrl;
  SLUICE_TRY(target, target_of(url));
  SLUICE_TRY(token, token_of(api));
  if (!token.empty()) request.fields.emplace_back("authorization", "Bearer " + std::string(token.reveal()));
  request.fields.emplace_back("user-agent", "sluice-cli");
  if (!request.body.empty()) request.fields.emplace_back("content-type", "application/json");
  return Prepared{std::move(target), std::move(request)};
}

}  // namespace

Result<net::HttpResponse> http_call(const ApiOptions& api, net::HttpRequest request) {
  SLUICE_TRY(prepared, prepare(api, std::move(request)));
  std::optional<Outcome> outcome;
  boost::asio::io_context context{1};
  net::spawn(context.get_executor(), exchange_into(std::move(prepared.target), std::move(prepared.request), &outcome));
  context.run();
  if (!outcome) return make_error(ErrorKind::internal, "the call did not end");
  if (!outcome->ok()) return std::move(*outcome).error();
  if ((*outcome)->content_type == "application/problem+json") return error_of(**outcome);
  return std::move(*outcome);
}

Result<bool> http_watch(const ApiOptions& api, net::HttpRequest request, const LineHandler& on_line) {
  SLUICE_TRY(prepared, prepare(api, std::move(request)));
  std::optional<Result<bool>> outcome;
  boost::asio::io_context context{1};
  net::spawn(context.get_executor(), read_lines_into(std::move(prepared.target), std::move(prepared.request), &on_line, &outcome));
  context.run();
  if (!outcome) return make_error(ErrorKind::internal, "the call did not end");
  return std::move(*outcome);
}

}  // namespace sluice::cli
