#include "channels/fetch.h"

#include <utility>

namespace sluice::channels {
namespace {

net::awaitable<Result<std::string>> fetch(std::string text, net::CallOptions options) {
  SLUICE_CO_TRY(url, net::parse_url(text));
  net::HttpRequest request;
  request.method = "GET";
  request.fields = {{"accept", "application/json"}};
  auto calling = net::call_url(std::move(url), std::move(request), std::move(options));
  Result<net::HttpResponse> response = co_await std::move(calling);
  if (!response.ok()) co_return std::move(response).error();
  if (response->status != 200) {
    co_return make_error(ErrorKind::upstream_unavailable, "it was answered with HTTP status " + std::to_string(response->status));
  }
  co_return std::move(response->body);
}

}  // namespace

KeySource::Fetch fetch_with(net::CallOptions options) {
  return [options = std::move(options)](std::string url) { return fetch(std::move(url), options); };
}

}  // namespace sluice::channels
