#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace sluice::auth {

inline constexpr std::string_view kScramSha256 = "SCRAM-SHA-256";
inline constexpr std::string_view kScramSha256Plus = "SCRAM-SHA-256-PLUS";
inline constexpr int kScramIterations = 4096;  ///< PostgreSQL's own default
inline constexpr int kMaxScramIterations = 1'000'000;
inline constexpr std::size_t kScramSaltBytes = 16;

/// What a server stores instead of a password; who has it cannot log in with it, but can guess
/// offline. In text: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, PostgreSQL's own format.
struct ScramVerifier {
  int iterations = kScramIterations;
  std::string salt;  ///< raw bytes
  Digest stored_key{};
  Digest server_key{};

  [[nodiscard]] static Result<ScramVerifier> parse(std::string_view text);
  [[nodiscard]] std::string to_text() const;
  friend bool operator==(const ScramVerifier&, const ScramVerifier&) = default;
};

/// RFC 5802's SaltedPassword: `iterations` rounds of PBKDF2, some 6 ms for 4096, so never while an agent
/// logs in. Passwords of ASCII are their own SASLprep; others are used byte for byte, as PostgreSQL does
/// with what it cannot prepare (a password that SASLprep would change fails to match then).
[[nodiscard]] Digest salted_password(std::string_view password, std::string_view salt, int iterations);
[[nodiscard]] Digest scram_client_key(const Digest& salted_password);
[[nodiscard]] Digest scram_server_key(const Digest& salted_password);

[[nodiscard]] ScramVerifier make_verifier(std::string_view password, std::string_view salt, int iterations = kScramIterations);

/// A verifier that nobody can satisfy, for a name that does not exist: the same name always gets the
/// same salt, as a real one would.
[[nodiscard]] ScramVerifier mock_verifier(std::string_view name, std::string_view secret, int iterations = kScramIterations);

/// True if `password` belongs to `verifier`; runs PBKDF2. For offline use.
[[nodiscard]] bool verifies(const ScramVerifier& verifier, std::string_view password);

[[nodiscard]] inline std::string_view as_bytes(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace sluice::auth
