#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct evp_pkey_st;

namespace sluice::auth {

/// Signatures that verify_jwt() knows. There is no "none" and nothing with a shared key.
enum class JwtAlgorithm { rs256, ps256, es256, eddsa };

/// One public key of an issuer (RFC 7517), fit to verify signatures. Immutable; copies share the key.
struct Jwk {
  std::string id;
  std::set<JwtAlgorithm> algorithms;   ///< what its kind and its "alg" allow, never empty
  std::set<std::string> endorsements;  ///< Bot Framework: the channels it speaks for
  std::shared_ptr<evp_pkey_st> key;
};

using Jwks = std::vector<Jwk>;

/// The keys of a set that can be used: RSA of 2048 to 8192 bits, P-256 and Ed25519, for signatures, with an id that no other key of the
/// set has. Others are left out, since a set may hold more than we know; bad_request if the text is no key set.
[[nodiscard]] Result<Jwks> decode_jwks(std::string_view text);

/// Null: no such key.
[[nodiscard]] const Jwk* key_of(const Jwks& keys, std::string_view id);

}  // namespace sluice::auth
