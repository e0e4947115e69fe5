#include "support/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace sluice::test {

namespace {
template <class Write>
void write_pem(const std::string& path, Write write) {
  FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr || write(file) != 1) std::abort();
  std::fclose(file);
  chmod(path.c_str(), 0600);
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (extension == nullptr) std::abort();
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* make_certificate(EVP_PKEY* key, const char* common_name, long serial, int days, X509* issuer) {
  X509* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial);
  X509_gmtime_adj(X509_getm_notBefore(made), -3L * 86400);
  X509_gmtime_adj(X509_getm_notAfter(made), days * 86400L);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(issuer != nullptr ? issuer : made));
  X509_set_pubkey(made, key);
  return made;
}
}  // namespace

TestAuthority::TestAuthority() {
  char folder[] = "/tmp/sluice-ca-XXXXXX";
  if (mkdtemp(folder) == nullptr) std::abort();
  folder_ = folder;
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make_certificate(key, "Test Authority", 1, 1, nullptr);
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  X509_sign(certificate, key, EVP_sha256());
  write_pem(ca_file(), [&](FILE* file) { return PEM_write_X509(file, certificate); });
  key_ = key;
  certificate_ = certificate;
}

TestAuthority::~TestAuthority() {
  EVP_PKEY_free(static_cast<EVP_PKEY*>(key_));
  X509_free(static_cast<X509*>(certificate_));
  std::filesystem::remove_all(folder_);
}

CertificateFiles TestAuthority::issue(const std::string& names, int days, const std::string& common_name) {
  ++issued_;
  const std::string base = folder_ + "/server" + std::to_string(issued_);
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* issuer = static_cast<X509*>(certificate_);
  X509* certificate = make_certificate(key, common_name.c_str(), issued_ + 1, days, issuer);
  add_extension(certificate, issuer, NID_subject_alt_name, names.c_str());
  X509_sign(certificate, static_cast<EVP_PKEY*>(key_), EVP_sha256());
  write_pem(base + ".crt", [&](FILE* file) { return PEM_write_X509(file, certificate); });
  write_pem(base + ".key", [&](FILE* file) { return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {base + ".crt", base + ".key"};
}

}  // namespace sluice::test
