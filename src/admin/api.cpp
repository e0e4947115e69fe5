#include "admin/api.h"

#include "admin/authenticate.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "admin/idempotency.h"

namespace sluice::admin {

namespace {
struct Route {
  std::string_view method;
  std::string_view path;  ///< "{id}" stands for one segment
  Answer (*endpoint)(Call);
};

constexpr std::string_view kApiPrefix = "/api/";

// Under /api/ everything needs a token, and nothing elsewhere does.
constexpr Route kRoutes[] = {
    {"GET", "/livez", livez},
    {"GET", "/readyz", readyz},
    {"GET", "/metrics", metrics},
    {"GET", "/api/openapi.yaml", describe_api},
    {"GET", "/api/v1/approvals", list_approvals},
    {"GET", "/api/v1/approvals/events", stream_approvals},
    {"GET", "/api/v1/approvals/{id}", show_approval},
    {"GET", "/api/v1/approvals/{id}/evidence", show_evidence},
    {"POST", "/api/v1/approvals/{id}/approve", approve},
    {"POST", "/api/v1/approvals/{id}/deny", deny},
    {"POST", "/api/v1/channel-links", link_account},
    {"GET", "/api/v1/channel-links", list_accounts},
    {"DELETE", "/api/v1/channel-links", unlink_account},
    {"GET", "/api/v1/usage", report_usage},
    {"POST", "/api/v1/reload", reload},
};

// Whether `path` is the route's; `id` is then what stands for {id}.
bool matches(std::string_view pattern, std::string_view path, std::string& id) {
  const std::size_t hole = pattern.find("{id}");
  if (hole == std::string_view::npos) return pattern == path;
  const std::string_view tail = pattern.substr(hole + 4);
  if (path.size() <= hole + tail.size() || !path.starts_with(pattern.substr(0, hole)) || !path.ends_with(tail)) return false;
  id = path.substr(hole, path.size() - hole - tail.size());
  return id.find('/') == std::string::npos;
}

net::HttpResponse method_not_allowed(const std::string& allowed) {
  net::HttpResponse response = problem(make_error(ErrorKind::bad_request, "this path does not know the method"));
  response.status = 405;
  response.fields.emplace_back("allow", allowed);
  return response;
}
}  // namespace

net::awaitable<net::HttpResponse> Api::handle(net::HttpRequest request) {
  auth::Identity caller;
  if (request.path.starts_with(kApiPrefix)) {
    Result<auth::Identity> known = authenticate(request, *backend_.board.config());
    if (!known.ok()) co_return problem(known.error());
    caller = std::move(known).value();
    const Result<std::string> key = idempotency_key_of(request);
    if (!key.ok()) co_return problem(key.error());
    if (!key->empty()) co_return co_await once(std::move(request), std::move(caller), *key);
  }
  if (const auto callback = backend_.callbacks.find(request.path); callback != backend_.callbacks.end()) {
    if (request.method != "POST") co_return method_not_allowed("POST");
    co_return co_await callback->second(std::move(request));
  }
  co_return co_await route(std::move(request), std::move(caller));
}

// The work is done for the first call with the key alone.
net::awaitable<net::HttpResponse> Api::once(net::HttpRequest request, auth::Identity caller, std::string key) {
  const IdentityId who = caller.id;
  const Digest digest = digest_of(request);
  Result<store::Claim> claim = co_await backend_.api.claim(who, key, digest);
  if (!claim.ok()) co_return problem(claim.error());
  if (claim->kind != store::Claim::Kind::fresh) co_return answer_of(*claim);
  net::awaitable<net::HttpResponse> answering = route(std::move(request), std::move(caller));
  net::HttpResponse response = co_await std::move(answering);
  if (is_final(response)) {
    const Status kept = co_await backend_.api.settle(who, key, response.status, encode_answer(response));
    if (!kept.ok()) co_return problem(kept.error());
  } else {
    (void)co_await backend_.api.release(who, key);
  }
  co_return response;
}

net::awaitable<net::HttpResponse> Api::route(net::HttpRequest request, auth::Identity caller) {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const Route& route : kRoutes) {
    std::string id;
    if (!matches(route.path, request.path, id)) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    Call call{backend_, state_, std::move(request), std::move(caller), std::move(id)};
    Answer answering = route.endpoint(std::move(call));
    Result<net::HttpResponse> response = co_await std::move(answering);
    if (!response.ok()) co_return problem(response.error());
    co_return std::move(response).value();
  }
  if (!allowed.empty()) co_return method_not_allowed(allowed);
  co_return problem(make_error(ErrorKind::not_found, "no such path"));
}

}  // namespace sluice::admin
