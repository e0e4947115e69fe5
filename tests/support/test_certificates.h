#pragma once

#include <string>

namespace sluice::test {

/// PEM files of one certificate and its key.
struct CertificateFiles {
  std::string certificate;
  std::string key;
};

/// A certificate authority that lives as long as one test, with its files in a folder of its own.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();  ///< removes the folder
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  [[nodiscard]] std::string ca_file() const { return folder_ + "/ca.crt"; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// `names` as in OpenSSL's subjectAltName: "DNS:db.test,IP:127.0.0.1". `days` < 0: expired.
  [[nodiscard]] CertificateFiles issue(const std::string& names, int days = 1, const std::string& common_name = "test server");

 private:
  std::string folder_;
  void* key_;          // EVP_PKEY
  void* certificate_;  // X509
  int issued_ = 0;
};

}  // namespace sluice::test
