#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/scram.h"
#include "base/result.h"
#include "base/secret.h"

namespace sluice::auth {

/// Keys derived from one password, salt and iteration count: as secret as the password itself.
struct ScramClientKeys {
  Secret password;
  std::string salt;
  int iterations = 0;  ///< 0 = nothing derived yet
  Secret client_key;
  Secret server_key;
};

/// The client's side of one SCRAM-SHA-256 exchange.
class ScramClient {
 public:
  struct Terms {
    Secret password;
    ScramClientKeys keys;                        ///< used instead of PBKDF2 when password, salt and count are the same
    bool plus = false;                           ///< choose SCRAM-SHA-256-PLUS: needs `channel_binding`
    std::optional<std::string> channel_binding;  ///< tls-server-end-point digest, if we could bind
    std::string user;                            ///< a saslname. PostgreSQL knows the user already: leave it empty, as libpq does
    std::string nonce;                           ///< empty: 18 random bytes in base64. Given by tests only
  };

  explicit ScramClient(Terms terms);

  [[nodiscard]] std::string_view mechanism() const noexcept { return terms_.plus ? kScramSha256Plus : kScramSha256; }
  [[nodiscard]] std::string client_first();
  /// The client-final message. Runs PBKDF2 if the keys do not fit. protocol_violation: malformed, a
  /// foreign nonce, or an iteration count above kMaxScramIterations, which would only keep us busy.
  [[nodiscard]] Result<std::string> on_server_first(std::string_view message);
  /// Proves that the server knows the verifier: invalid_credentials if it does not.
  [[nodiscard]] Status on_server_final(std::string_view message);
  /// The keys in use, to be kept for the next login once on_server_final() has said yes.
  [[nodiscard]] const ScramClientKeys& keys() const noexcept { return terms_.keys; }

 private:
  Terms terms_;
  std::string gs2_header_;
  std::string client_first_bare_;
  std::string auth_message_;
};

}  // namespace sluice::auth
