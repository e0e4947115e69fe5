#include "channels/key_source.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/untrusted_json.h"
#include "control/log.h"

namespace sluice::channels {
namespace {

Error unusable(const char* why) { return make_error(ErrorKind::upstream_unavailable, std::string("the OpenID metadata cannot be used: ") + why); }

/// The address of the keys.
Result<std::string> keys_url_of(const std::string& text, const std::string& issuer) {
  SLUICE_TRY(metadata, parse_untrusted(text));
  if (!metadata.is_object()) return unusable("it is no JSON object");
  const auto named = metadata.find("issuer");
  if (named == metadata.end() || *named != issuer) return unusable("it is of another issuer");
  const auto algorithms = metadata.find("id_token_signing_alg_values_supported");
  if (algorithms == metadata.end() || !algorithms->is_array() || std::find(algorithms->begin(), algorithms->end(), "RS256") == algorithms->end()) {
    return unusable("its issuer does not sign with RS256");
  }
  const auto url = metadata.find("jwks_uri");
  if (url == metadata.end() || !url->is_string()) return unusable("it names no keys");
  return url->get<std::string>();
}

}  // namespace

KeySource::KeySource(std::string metadata_url, std::string issuer, Fetch fetch)
    : metadata_url_(std::move(metadata_url)), issuer_(std::move(issuer)), fetch_(std::move(fetch)) {}

net::awaitable<Status> KeySource::fetch_all(Time now) {
  auto reading = fetch_(metadata_url_);
  const Result<std::string> metadata = co_await std::move(reading);
  if (!metadata.ok()) co_return metadata.error();
  SLUICE_CO_TRY(url, keys_url_of(*metadata, issuer_));
  // Keys that came in clear are anybody's; in clear is only what the operator said of this very machine.
  if (!url.starts_with("https://") && metadata_url_.starts_with("https://")) co_return unusable("it names keys in clear");
  auto reading_keys = fetch_(url);
  const Result<std::string> text = co_await std::move(reading_keys);
  if (!text.ok()) co_return text.error();
  SLUICE_CO_TRY(decoded, auth::decode_jwks(*text));
  if (decoded.empty()) co_return unusable("it has no key that we can use");
  keys_ = std::make_shared<const auth::Jwks>(std::move(decoded));
  fetched_ = now;
  co_return Done{};
}

net::awaitable<void> KeySource::refresh(Time now) {
  if (fetching_) {
    const auto turn = std::make_shared<net::Event>(co_await boost::asio::this_coro::executor);
    waiting_.push_back(turn);
    static_cast<void>(co_await turn->wait());
    co_return;
  }
  if (ever_tried_ && now < tried_ + kCoolDown) co_return;
  fetching_ = ever_tried_ = true;
  tried_ = now;
  const Status fetched = co_await fetch_all(now);
  if (!fetched.ok()) control::log_warning("signing keys cannot be fetched: " + fetched.error().message);
  fetching_ = false;
  for (const auto& turn : std::exchange(waiting_, {})) turn->notify();
}

net::awaitable<Result<std::shared_ptr<const auth::Jwks>>> KeySource::keys(std::string id, Time now) {
  const bool known = keys_ != nullptr && auth::key_of(*keys_, id) != nullptr;
  if (!known || now >= fetched_ + kRefreshAfter) co_await refresh(now);
  if (keys_ == nullptr || now >= fetched_ + kUselessAfter) co_return make_error(ErrorKind::upstream_unavailable, "the issuer's signing keys are not known");
  co_return keys_;
}

}  // namespace sluice::channels
