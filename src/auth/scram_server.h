#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/scram.h"
#include "base/result.h"

namespace sluice::auth {

/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802, 7677): client-first -> server-first,
/// client-final -> server-final. Works from StoredKey and ServerKey alone: two HMACs and a hash.
class ScramServer {
 public:
  struct Terms {
    ScramVerifier verifier;
    bool doomed = false;                         ///< a mock verifier: fails at the end, whatever the proof
    bool plus = false;                           ///< the client chose SCRAM-SHA-256-PLUS
    std::optional<std::string> channel_binding;  ///< tls-server-end-point digest, if PLUS was offered
    std::string nonce;                           ///< our part; empty: 18 random bytes in base64. Given by tests only
  };

  explicit ScramServer(Terms terms);

  /// Errors: protocol_violation (malformed), invalid_authorization (channel binding was cut out by
  /// somebody in between), not_supported (an authorization identity).
  [[nodiscard]] Result<std::string> on_client_first(std::string_view message);
  /// Errors: protocol_violation (malformed), invalid_credentials (wrong proof; the text is the caller's to choose).
  [[nodiscard]] Result<std::string> on_client_final(std::string_view message);

 private:
  Terms terms_;
  std::string gs2_header_;
  std::string client_first_bare_;
  std::string server_first_;
  std::string nonce_;  ///< the client's part and ours
};

}  // namespace sluice::auth
