#include "auth/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "auth/base64url.h"
#include "base/untrusted_json.h"

namespace sluice::auth {
namespace {

using nlohmann::json;
using Key = std::shared_ptr<evp_pkey_st>;

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;  // above it one signature costs too much
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kMaxKeys = 256;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;

const unsigned char* raw(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

/// A member's text; nothing if it is absent or something else.
std::optional<std::string> text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::string bytes_of(const json& object, const char* name) {
  const auto text = text_of(object, name);
  if (!text) return {};
  Result<std::string> bytes = from_base64url(*text);
  return bytes.ok() ? std::move(*bytes) : std::string();
}

Key make_key(const char* kind, const Parameters& parameters) {
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || !parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return {made, EVP_PKEY_free};
}

bool is_on_curve(const Key& key) {
  const Context check(key == nullptr ? nullptr : EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1;
}

Key rsa_key(const json& jwk) {
  const std::string modulus = bytes_of(jwk, "n");
  const std::string exponent = bytes_of(jwk, "e");
  if (modulus.size() > kMaxRsaBits / 8 || exponent.empty() || exponent.size() > 4) return nullptr;
  const Number n(BN_bin2bn(raw(modulus), static_cast<int>(modulus.size()), nullptr));
  const Number e(BN_bin2bn(raw(exponent), static_cast<int>(exponent.size()), nullptr));
  if (!n || !e || BN_num_bits(n.get()) < kMinRsaBits || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1) return nullptr;
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return make_key("RSA", Parameters(OSSL_PARAM_BLD_to_param(builder.get())));
}

Key p256_key(const json& jwk) {
  const std::string x = bytes_of(jwk, "x");
  const std::string y = bytes_of(jwk, "y");
  if (text_of(jwk, "crv") != "P-256" || x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  const std::string point = "\x04" + x + y;
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  Key key = make_key("EC", Parameters(OSSL_PARAM_BLD_to_param(builder.get())));
  return is_on_curve(key) ? key : nullptr;
}

Key ed25519_key(const json& jwk) {
  const std::string x = bytes_of(jwk, "x");
  if (text_of(jwk, "crv") != "Ed25519" || x.size() != kCoordinateBytes) return nullptr;
  return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(x), x.size()), EVP_PKEY_free};
}

/// "use" and "key_ops", where they are given.
bool is_for_verifying(const json& jwk) {
  if (jwk.contains("use") && text_of(jwk, "use") != "sig") return false;
  const auto uses = jwk.find("key_ops");
  return uses == jwk.end() || (uses->is_array() && std::find(uses->begin(), uses->end(), "verify") != uses->end());
}

bool allows(const json& jwk, JwtAlgorithm algorithm) {
  static const std::map<JwtAlgorithm, std::string> kNames = {
      {JwtAlgorithm::rs256, "RS256"}, {JwtAlgorithm::ps256, "PS256"}, {JwtAlgorithm::es256, "ES256"}, {JwtAlgorithm::eddsa, "EdDSA"}};
  return !jwk.contains("alg") || text_of(jwk, "alg") == kNames.at(algorithm);
}

std::optional<Jwk> decode_key(const json& jwk) {
  if (!jwk.is_object() || !is_for_verifying(jwk)) return std::nullopt;
  const auto kind = text_of(jwk, "kty");
  Jwk made;
  made.id = text_of(jwk, "kid").value_or("");
  if (kind == "RSA") {
    made.key = rsa_key(jwk);
    made.algorithms = {JwtAlgorithm::rs256, JwtAlgorithm::ps256};
  } else if (kind == "EC") {
    made.key = p256_key(jwk);
    made.algorithms = {JwtAlgorithm::es256};
  } else if (kind == "OKP") {
    made.key = ed25519_key(jwk);
    made.algorithms = {JwtAlgorithm::eddsa};
  }
  std::erase_if(made.algorithms, [&](JwtAlgorithm algorithm) { return !allows(jwk, algorithm); });
  if (made.key == nullptr || made.id.empty() || made.algorithms.empty()) return std::nullopt;
  const auto endorsements = jwk.find("endorsements");
  if (endorsements != jwk.end() && endorsements->is_array()) {
    for (const json& channel : *endorsements) {
      if (channel.is_string()) made.endorsements.insert(channel.get<std::string>());
    }
  }
  return made;
}

}  // namespace

Result<Jwks> decode_jwks(std::string_view text) {
  SLUICE_TRY(set, parse_untrusted(text));
  const auto keys = set.is_object() ? set.find("keys") : set.end();
  if (!set.is_object() || keys == set.end() || !keys->is_array() || keys->size() > kMaxKeys) {
    return make_error(ErrorKind::bad_request, "text is not a set of keys");
  }
  std::map<std::string, std::size_t> ids;  // of all, so that an id never changes its meaning with what we can use
  for (const json& jwk : *keys) ++ids[jwk.is_object() ? text_of(jwk, "kid").value_or("") : ""];
  Jwks decoded;
  for (const json& jwk : *keys) {
    if (auto key = decode_key(jwk); key && ids.at(key->id) == 1) decoded.push_back(std::move(*key));
  }
  return decoded;
}

const Jwk* key_of(const Jwks& keys, std::string_view id) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Jwk& key) { return key.id == id; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace sluice::auth
