#include "auth/client_certificate.h"

#include <algorithm>

namespace sluice::auth {
namespace {

bool is_in(const std::vector<std::string>& names, const std::string& expected) {
  return expected.empty() || std::find(names.begin(), names.end(), expected) != names.end();
}

bool is(const std::string& name, const std::string& expected) { return expected.empty() || name == expected; }

}  // namespace

bool proves(const ShownNames& shown, const CertificateNames& expected) {
  if (expected == CertificateNames{}) return false;
  return is(shown.common_name, expected.common_name) && is(shown.subject, expected.subject) && is_in(shown.dns_names, expected.dns) &&
         is_in(shown.uris, expected.uri) && is_in(shown.emails, expected.email);
}

}  // namespace sluice::auth
