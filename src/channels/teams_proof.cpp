#include "channels/teams_proof.h"

#include <nlohmann/json.hpp>

#include "auth/jwt.h"

namespace sluice::channels {
namespace {

constexpr std::size_t kMaxBodyBytes = 256u << 10;
constexpr std::chrono::minutes kSkew{5};  // what Bot Framework asks for
constexpr std::string_view kBearer = "bearer ";
constexpr const char* kChannel = "msteams";

Error refused(const char* why) { return make_error(ErrorKind::invalid_credentials, why); }

Result<std::string_view> bearer_of(const net::HttpRequest& request) {
  const std::string* header = request.field("authorization");
  if (header == nullptr || header->size() < kBearer.size()) return refused("there is no bearer token");
  for (std::size_t i = 0; i < kBearer.size(); ++i) {
    const char c = (*header)[i];
    if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != kBearer[i]) return refused("there is no bearer token");
  }
  return std::string_view(*header).substr(kBearer.size());
}

/// The claim is spelt in lower case; the documents say "serviceUrl". If both are there, both count.
Status check_service_url(const auth::VerifiedJwt& token, const TeamsActivity& activity) {
  const auto& claims = token.claims();
  bool found = false;
  for (const char* name : {"serviceurl", "serviceUrl"}) {
    if (!claims.contains(name)) continue;
    found = true;
    if (token.text(name) != activity.service_url) return refused("the activity names another service URL than its token");
  }
  return found && !activity.service_url.empty() ? Status(Done{}) : Status(refused("the token names no service URL"));
}

Result<ProvenActivity> judge(const auth::VerifiedJwt& token, const std::string& body, const config::TeamsChannel& teams) {
  SLUICE_TRY(activity, decode_activity(body));
  SLUICE_CHECK(check_service_url(token, activity));
  if (activity.channel_id != kChannel) return refused("the activity is not from Teams");
  if (!token.endorsements().contains(activity.channel_id)) return refused("the token's key is not endorsed for Teams");
  SLUICE_TRY(url, ServiceUrl::of(activity.service_url, teams.service_hosts));
  if (activity.tenant.empty() || !teams.tenants.contains(activity.tenant)) return refused("the activity is from a tenant that is not let in");
  return ProvenActivity{std::move(activity), std::move(url)};
}

}  // namespace

net::awaitable<Result<ProvenActivity>> prove(const net::HttpRequest& request, const config::TeamsChannel& teams, KeySource& keys, Timestamp now) {
  if (request.body.size() > kMaxBodyBytes) co_return refused("the activity is too large");
  SLUICE_CO_TRY(bearer, bearer_of(request));
  SLUICE_CO_TRY(token, auth::UnverifiedJwt::decode(bearer));
  auto finding = keys.keys(token.key_id(), KeySource::Time::clock::now());
  const auto known = co_await std::move(finding);
  if (!known.ok()) co_return known.error();
  const auth::JwtRules rules{teams.issuer, teams.app_id, {auth::JwtAlgorithm::rs256}, "JWT", kSkew};
  const auto verified = auth::VerifiedJwt::verify(token, **known, rules, now);
  if (!verified.ok()) co_return verified.error();
  co_return judge(*verified, request.body, teams);
}

}  // namespace sluice::channels
