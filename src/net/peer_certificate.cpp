#include "net/peer_certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace sluice::net {

namespace {
std::string text_of(const ASN1_STRING* string) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, string);
  if (size < 0) return {};
  std::string text(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text.find('\0') == std::string::npos ? text : std::string();
}

std::string subject_of(const X509_NAME* name) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (bio == nullptr) return {};
  std::string text;
  if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    if (size > 0) text.assign(bytes, static_cast<std::size_t>(size));
  }
  BIO_free(bio);
  return text;
}

std::string common_name_of(const X509_NAME* name) {
  const int first = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, first) >= 0) return {};
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, first)));
}

void add(std::vector<std::string>& names, const ASN1_STRING* string) {
  std::string text = text_of(string);
  if (!text.empty()) names.push_back(std::move(text));
}

void read_alternative_names(X509* certificate, auth::ShownNames& out) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) add(out.dns_names, name->d.dNSName);
    if (name->type == GEN_URI) add(out.uris, name->d.uniformResourceIdentifier);
    if (name->type == GEN_EMAIL) add(out.emails, name->d.rfc822Name);
  }
  GENERAL_NAMES_free(names);
}
}  // namespace

PeerCertificate read_certificate(X509* certificate) {
  PeerCertificate read;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  read.names.subject = subject_of(subject);
  read.names.common_name = common_name_of(subject);
  read_alternative_names(certificate, read.names);
  read.end_point_hash = end_point_hash(certificate);
  return read;
}

std::string end_point_hash(X509* certificate) {
  int hash = NID_undef;
  // Knows also the signatures that name their hash in parameters: RSA-PSS.
  if (X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) != 1 || hash == NID_undef) return {};
  const EVP_MD* algorithm = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (algorithm == nullptr || X509_digest(certificate, algorithm, bytes, &size) != 1) return {};
  return {reinterpret_cast<char*>(bytes), size};
}

}  // namespace sluice::net
