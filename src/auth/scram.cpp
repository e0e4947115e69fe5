#include "auth/scram.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace sluice::auth {
namespace {

Error bad_verifier() {
  return make_error(ErrorKind::configuration, "not a SCRAM verifier, expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>");
}

bool read_digest(std::string_view text, Digest& digest) {
  std::string bytes;
  if (!from_base64(text, bytes) || bytes.size() != digest.size()) return false;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(digest.data()));
  return true;
}

/// Cuts off what stands before `separator`; false if it does not occur.
bool cut(std::string_view& rest, char separator, std::string_view& part) {
  const std::size_t at = rest.find(separator);
  if (at == std::string_view::npos) return false;
  part = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return true;
}

}  // namespace

Result<ScramVerifier> ScramVerifier::parse(std::string_view text) {
  std::string_view scheme, iterations, salt, stored_key;
  if (!cut(text, '$', scheme) || scheme != kScramSha256 || !cut(text, ':', iterations) || !cut(text, '$', salt) ||
      !cut(text, ':', stored_key)) {
    return bad_verifier();
  }
  ScramVerifier verifier;
  const auto [end, error] = std::from_chars(iterations.data(), iterations.data() + iterations.size(), verifier.iterations);
  if (error != std::errc() || end != iterations.data() + iterations.size() || verifier.iterations < 1) return bad_verifier();
  if (!from_base64(salt, verifier.salt) || verifier.salt.empty()) return bad_verifier();
  if (!read_digest(stored_key, verifier.stored_key) || !read_digest(text, verifier.server_key)) return bad_verifier();
  return verifier;
}

std::string ScramVerifier::to_text() const {
  const auto* raw_salt = reinterpret_cast<const std::uint8_t*>(salt.data());
  return std::string(kScramSha256) + "$" + std::to_string(iterations) + ":" + to_base64({raw_salt, salt.size()}) + "$" +
         to_base64(stored_key) + ":" + to_base64(server_key);
}

Digest salted_password(std::string_view password, std::string_view salt, int iterations) {
  Digest salted{};
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), reinterpret_cast<const unsigned char*>(salt.data()),
                        static_cast<int>(salt.size()), iterations, EVP_sha256(), static_cast<int>(salted.size()), salted.data()) != 1) {
    std::abort();
  }
  return salted;
}

Digest scram_client_key(const Digest& salted_password) { return hmac_sha256(as_bytes(salted_password), "Client Key"); }
Digest scram_server_key(const Digest& salted_password) { return hmac_sha256(as_bytes(salted_password), "Server Key"); }

ScramVerifier make_verifier(std::string_view password, std::string_view salt, int iterations) {
  const Digest salted = salted_password(password, salt, iterations);
  return {iterations, std::string(salt), sha256(as_bytes(scram_client_key(salted))), scram_server_key(salted)};
}

ScramVerifier mock_verifier(std::string_view name, std::string_view secret, int iterations) {
  const Digest salt = hmac_sha256(secret, name);
  ScramVerifier verifier;
  verifier.iterations = iterations;
  verifier.salt = as_bytes(salt).substr(0, kScramSaltBytes);
  return verifier;
}

bool verifies(const ScramVerifier& verifier, std::string_view password) {
  const ScramVerifier own = make_verifier(password, verifier.salt, verifier.iterations);
  return equal_constant_time(as_bytes(own.stored_key), as_bytes(verifier.stored_key));
}

}  // namespace sluice::auth
