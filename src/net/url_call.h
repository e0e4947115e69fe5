#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "net/task.h"
#include "net/tls.h"

namespace sluice::net {

/// "https://host[:port]/path?query" or "http://…"; no user, no fragment.
struct Url {
  bool tls = true;
  std::string host;   ///< name, IPv4 or IPv6 without brackets; lower case
  std::uint16_t port = 443;
  std::string path = "/";         ///< decoded
  std::vector<HttpField> query;   ///< decoded
};

/// bad_request, without quoting the text, which may hold a secret.
[[nodiscard]] Result<Url> parse_url(std::string_view text);
/// "host" or "host:port" where the port is not the scheme's own; IPv6 in brackets.
[[nodiscard]] std::string authority_of(const Url& url);

enum class Destinations {
  any,
  public_only,  ///< no loopback, private, link-local, shared, multicast or other special address: none of ours
};

/// Whether `address`, a literal, is one that Destinations::public_only lets through.
[[nodiscard]] bool is_public_address(std::string_view address);

struct CallOptions {
  std::shared_ptr<TlsClientContext> tls;  ///< needed for https
  Destinations destinations = Destinations::public_only;
  std::chrono::milliseconds timeout{15'000};  ///< for all of it
  std::size_t body_limit = 1u << 20;
};

/// Resolves once, connects to an address that `destinations` allows, and exchanges one request; `request` needs method, fields and
/// body only. Follows no redirects. Errors: upstream_unavailable, timed_out, denied (no allowed address), protocol_violation.
[[nodiscard]] awaitable<Result<HttpResponse>> call_url(Url url, HttpRequest request, CallOptions options);

}  // namespace sluice::net
