#pragma once

#include <optional>
#include <string>

#include "auth/scram.h"
#include "config/config.h"
#include "net/byte_stream.h"

namespace sluice::gateway {

/// How somebody who gives a name has to prove it.
struct LoginProof {
  bool proven = false;                          ///< the connection itself does
  std::optional<auth::ScramVerifier> verifier;  ///< otherwise: by this password; nothing: in vain, whatever it is
  std::string doubt;                            ///< for the log: why it is in vain
};

/// `entry`: of the name that was given; null: there is none. Who cannot succeed is asked for a password all the same, so
/// that nobody learns which names there are, and what they need. May look a user up in the system's files.
[[nodiscard]] LoginProof proof_of(const config::IdentityEntry* entry, const net::ByteStream& agent);

}  // namespace sluice::gateway
