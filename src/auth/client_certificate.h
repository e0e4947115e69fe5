#pragma once

#include <string>
#include <vector>

namespace sluice::auth {

/// What a client certificate must say to prove an identity: all that is given. At least one is.
struct CertificateNames {
  std::string common_name;
  std::string subject;  ///< RFC 2253: "CN=etl-bot,O=Example"
  std::string dns;      ///< one of the subject's alternative names, likewise the next two
  std::string uri;
  std::string email;

  friend bool operator==(const CertificateNames&, const CertificateNames&) = default;
};

/// What a verified certificate says.
struct ShownNames {
  std::string common_name;
  std::string subject;
  std::vector<std::string> dns_names;
  std::vector<std::string> uris;
  std::vector<std::string> emails;
};

/// Names are compared byte by byte; there are no patterns.
[[nodiscard]] bool proves(const ShownNames& shown, const CertificateNames& expected);

}  // namespace sluice::auth
