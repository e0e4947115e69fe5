#pragma once

#include <string>

#include "auth/client_certificate.h"

struct x509_st;

namespace sluice::net {

/// What the other side's certificate says. Whether to believe it is the TLS context's decision: a server that
/// verifies clients, or a client that verifies servers, has no connection with an unverified one.
struct PeerCertificate {
  bool verified = false;             ///< its chain led to an authority of the context's
  auth::ShownNames names;            ///< common_name is empty if there is none, or several
  std::string end_point_hash;        ///< as end_point_hash() gives it
};

/// Names that hold a NUL, which could be read as shorter ones, are left out.
[[nodiscard]] PeerCertificate read_certificate(x509_st* certificate);

/// RFC 5929 tls-server-end-point, raw bytes: the hash of the certificate by its own signature's hash function, but
/// SHA-256 in place of MD5 and SHA-1. Empty where the signature has none (Ed25519).
[[nodiscard]] std::string end_point_hash(x509_st* certificate);

}  // namespace sluice::net
