#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "auth/jwks.h"
#include "base/clock.h"
#include "base/result.h"

namespace sluice::auth {

inline constexpr std::size_t kMaxJwtBytes = 16u << 10;

/// What a token must be to be believed.
struct JwtRules {
  std::string issuer;                    ///< "iss", byte for byte
  std::string audience;                  ///< in "aud"; if that names several, "azp" must be it too
  std::set<JwtAlgorithm> algorithms;
  std::string type = "JWT";              ///< "typ", case aside; "JWT" may be left out
  std::chrono::seconds skew{60};         ///< how far clocks may be apart
};

/// A token whose signature nobody has checked: says only with which key to check it.
class UnverifiedJwt {
 public:
  /// Compact form, at most kMaxJwtBytes, strict base64url and JSON, a known algorithm, an id of the key, no "crit".
  /// Errors are of kind invalid_credentials and quote nothing.
  [[nodiscard]] static Result<UnverifiedJwt> decode(std::string_view text);
  [[nodiscard]] const std::string& key_id() const noexcept { return key_id_; }

 private:
  friend class VerifiedJwt;
  JwtAlgorithm algorithm_ = JwtAlgorithm::rs256;
  std::string key_id_;
  std::string type_;
  std::string signed_part_;
  std::string claims_;  ///< JSON text
  std::string signature_;
};

/// A token that the issuer signed for us and that is valid at the moment it was checked.
class VerifiedJwt {
 public:
  /// Signature first, then issuer, audience, times. Errors are of kind invalid_credentials; the message is for the log alone.
  /// Headers that would name keys (jku, jwk, x5u, x5c) are ignored.
  [[nodiscard]] static Result<VerifiedJwt> verify(const UnverifiedJwt& token, const Jwks& keys, const JwtRules& rules, Timestamp now);

  [[nodiscard]] const nlohmann::json& claims() const noexcept { return *claims_; }
  /// A claim's text; empty if it is absent or no text.
  [[nodiscard]] std::string text(const char* claim) const;
  /// Of the key that signed it.
  [[nodiscard]] const std::set<std::string>& endorsements() const noexcept { return endorsements_; }

 private:
  std::shared_ptr<const nlohmann::json> claims_;
  std::set<std::string> endorsements_;
};

}  // namespace sluice::auth
