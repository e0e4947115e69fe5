#pragma once

#include <string_view>

#include "auth/jwks.h"

namespace sluice::auth {

/// Whether `signature`, as JWS writes it, is the key's over `bytes`. False also if the key does not allow the algorithm.
[[nodiscard]] bool is_signature(const Jwk& key, JwtAlgorithm algorithm, std::string_view bytes, std::string_view signature);

}  // namespace sluice::auth
