#include "net/url_call.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>
#include <utility>

#include "net/connect.h"
#include "net/http_client.h"

namespace sluice::net {

namespace ip = boost::asio::ip;

namespace {

Error bad_url() { return make_error(ErrorKind::bad_request, "the URL is not of the form https://host[:port]/path"); }

// Special-purpose addresses: RFC 6890 and its successors in the IANA registries.
constexpr std::array kSpecialV4 = {"0.0.0.0/8",      "10.0.0.0/8",      "100.64.0.0/10",   "127.0.0.0/8",  "169.254.0.0/16", "172.16.0.0/12",
                                   "192.0.0.0/24",   "192.0.2.0/24",    "192.88.99.0/24",  "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                                   "203.0.113.0/24", "224.0.0.0/4",     "240.0.0.0/4"};

bool within(const ip::address_v4& address, const char* network) {
  const ip::network_v4 range = ip::make_network_v4(network);
  return (address.to_uint() & range.netmask().to_uint()) == range.network().to_uint();
}

bool is_public(const ip::address_v4& address) {
  return std::none_of(kSpecialV4.begin(), kSpecialV4.end(), [&](const char* network) { return within(address, network); });
}

// Global unicast alone, without documentation, benchmarking, ORCHID and the ranges that carry an IPv4 address inside.
bool is_public(const ip::address_v6& address) {
  if (address.is_v4_mapped()) return is_public(ip::make_address_v4(ip::v4_mapped, address));
  const auto bytes = address.to_bytes();
  if ((bytes[0] & 0xE0) != 0x20) return false;
  if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02) return false;                      // 2001::/23
  if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8) return false;  // 2001:db8::/32
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return false;                                          // 2002::/16
  return !(bytes[0] == 0x3F && bytes[1] == 0xFF);                                                   // 3fff::/20 and neighbours
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '_';
  });
}

}  // namespace

bool is_public_address(std::string_view address) {
  boost::system::error_code bad;
  const ip::address parsed = ip::make_address(std::string(address), bad);
  if (bad) return false;
  return parsed.is_v4() ? is_public(parsed.to_v4()) : is_public(parsed.to_v6());
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return bad_url();
  text.remove_prefix(url.tls ? 8 : 7);
  url.port = url.tls ? 443 : 80;
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view host = text.substr(0, end);
  std::string target(text.substr(end));
  if (!target.starts_with('/')) target.insert(0, "/");
  if (!parse_target(target, url.path, url.query)) return bad_url();
  const bool bracketed = host.starts_with('[');
  const std::size_t host_end = bracketed ? host.find(']') : host.find(':');
  if (bracketed && host_end == std::string_view::npos) return bad_url();
  std::string_view rest = host_end == std::string_view::npos ? std::string_view() : host.substr(host_end + (bracketed ? 1 : 0));
  if (bracketed) host.remove_prefix(1);
  host = host.substr(0, bracketed ? host_end - 1 : host_end);
  if (!rest.empty()) {
    const std::string_view digits = rest.substr(1);
    const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (rest[0] != ':' || error != std::errc() || stopped != digits.data() + digits.size() || url.port == 0) return bad_url();
  }
  url.host = host;
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (!is_host(url.host) || (url.host.find(':') != std::string::npos) != bracketed) return bad_url();
  return url;
}

std::string authority_of(const Url& url) {
  std::string text = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  if (url.port != (url.tls ? 443 : 80)) text += ":" + std::to_string(url.port);
  return text;
}

awaitable<Result<HttpResponse>> call_url(Url url, HttpRequest request, CallOptions options) {
  const Deadline deadline = std::chrono::steady_clock::now() + options.timeout;
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
  request.path = url.path;
  request.query = url.query;
  auto exchanging = http_exchange(**stream, std::move(request), authority_of(url), options.body_limit);
  Result<HttpResponse> response = co_await std::move(exchanging);
  co_return response;
}

}  // namespace sluice::net
