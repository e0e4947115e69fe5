#include "auth/jwt.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "auth/base64url.h"
#include "auth/jws_signature.h"
#include "base/untrusted_json.h"

namespace sluice::auth {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxKeyIdBytes = 256;
constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // the end of the year 9999

Error refused(const char* why) { return make_error(ErrorKind::invalid_credentials, std::string("token is refused: ") + why); }

Result<JwtAlgorithm> algorithm_of(const std::string& name) {
  if (name == "RS256") return JwtAlgorithm::rs256;
  if (name == "PS256") return JwtAlgorithm::ps256;
  if (name == "ES256") return JwtAlgorithm::es256;
  if (name == "EdDSA") return JwtAlgorithm::eddsa;
  return refused("its algorithm is not one of RS256, PS256, ES256, EdDSA");
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Whole seconds since 1970. Nothing: absent.
Result<std::optional<Timestamp>> time_of(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::optional<Timestamp>();
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxSeconds)) return refused("a time in it is no time");
  return std::optional(Timestamp(std::chrono::seconds(found->get<std::int64_t>())));
}

Status check_times(const json& claims, std::chrono::seconds skew, Timestamp now) {
  SLUICE_TRY(expires, time_of(claims, "exp"));
  SLUICE_TRY(not_before, time_of(claims, "nbf"));
  SLUICE_TRY(issued, time_of(claims, "iat"));
  if (!expires) return refused("it has no end");
  if (now >= *expires + skew) return refused("it has expired");
  if (not_before && now + skew < *not_before) return refused("it is not valid yet");
  if (issued && now + skew < *issued) return refused("it was issued in the future");
  return Done{};
}

Status check_audience(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end() || audience.empty()) return refused("it is not for us");
  if (found->is_string()) return found->get_ref<const std::string&>() == audience ? Status(Done{}) : Status(refused("it is not for us"));
  const auto is_text = [](const json& each) { return each.is_string(); };
  if (!found->is_array() || !std::all_of(found->begin(), found->end(), is_text)) return refused("it is not for us");
  if (std::find(found->begin(), found->end(), audience) == found->end()) return refused("it is not for us");
  if (found->size() > 1 && text_of(claims, "azp") != audience) return refused("it is for several, and not made for us");
  return Done{};
}

bool same_type(std::string type, std::string_view wanted) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::transform(type.begin(), type.end(), type.begin(), lower);
  if (type.starts_with("application/")) type.erase(0, 12);
  return type.size() == wanted.size() && std::equal(type.begin(), type.end(), wanted.begin(), [&](char a, char b) { return a == lower(b); });
}

}  // namespace

Result<UnverifiedJwt> UnverifiedJwt::decode(std::string_view text) {
  if (text.size() > kMaxJwtBytes) return refused("it is too long");
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return refused("it does not have three parts");
  const auto header_text = from_base64url(text.substr(0, first));
  auto claims = from_base64url(text.substr(first + 1, second - first - 1));
  auto signature = from_base64url(text.substr(second + 1));
  if (!header_text.ok() || !claims.ok() || !signature.ok()) return refused("it is not base64url");
  const auto header = parse_untrusted(*header_text);
  if (!header.ok() || !header->is_object()) return refused("its header is not JSON");
  if (header->contains("crit") || header->contains("b64")) return refused("its header has extensions");
  UnverifiedJwt token;
  SLUICE_TRY(algorithm, algorithm_of(text_of(*header, "alg")));
  token.algorithm_ = algorithm;
  token.key_id_ = text_of(*header, "kid");
  if (token.key_id_.empty() || token.key_id_.size() > kMaxKeyIdBytes) return refused("it names no key");
  if (header->contains("typ")) {
    token.type_ = text_of(*header, "typ");
    if (token.type_.empty()) return refused("its type is no text");
  } else {
    token.type_ = "JWT";
  }
  token.signed_part_ = text.substr(0, second);
  token.claims_ = std::move(*claims);
  token.signature_ = std::move(*signature);
  return token;
}

Result<VerifiedJwt> VerifiedJwt::verify(const UnverifiedJwt& token, const Jwks& keys, const JwtRules& rules, Timestamp now) {
  if (!rules.algorithms.contains(token.algorithm_)) return refused("its algorithm is not one of the issuer's");
  const Jwk* key = key_of(keys, token.key_id_);
  if (key == nullptr) return refused("the issuer has no such key");
  if (!is_signature(*key, token.algorithm_, token.signed_part_, token.signature_)) return refused("its signature is wrong");
  auto claims = parse_untrusted(token.claims_);
  if (!claims.ok() || !claims->is_object()) return refused("its claims are not JSON");
  if (!same_type(token.type_, rules.type)) return refused("it is of another type");
  if (rules.issuer.empty() || text_of(*claims, "iss") != rules.issuer) return refused("it is of another issuer");
  SLUICE_CHECK(check_audience(*claims, rules.audience));
  SLUICE_CHECK(check_times(*claims, rules.skew, now));
  VerifiedJwt verified;
  verified.claims_ = std::make_shared<const json>(std::move(*claims));
  verified.endorsements_ = key->endorsements;
  return verified;
}

std::string VerifiedJwt::text(const char* claim) const { return text_of(*claims_, claim); }

}  // namespace sluice::auth
