#include "auth/jws_signature.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

namespace sluice::auth {
namespace {

constexpr std::size_t kHalf = 32;  // r and s of P-256

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

/// OpenSSL wants r and s in DER. Empty: not of the right size.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kHalf) return {};
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(raw(signature), kHalf, nullptr);
  BIGNUM* s = BN_bin2bn(raw(signature) + kHalf, kHalf, nullptr);
  if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

bool set_padding(EVP_PKEY_CTX* context, JwtAlgorithm algorithm) {
  if (algorithm == JwtAlgorithm::rs256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  if (algorithm != JwtAlgorithm::ps256) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

bool is_signature(const Jwk& key, JwtAlgorithm algorithm, std::string_view bytes, std::string_view signature) {
  if (!key.algorithms.contains(algorithm)) return false;
  std::string der;
  if (algorithm == JwtAlgorithm::es256) {
    der = der_of(signature);
    signature = der;
  }
  if (signature.empty()) return false;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* hash = algorithm == JwtAlgorithm::eddsa ? nullptr : EVP_sha256();
  EVP_PKEY_CTX* settings = nullptr;  // belongs to `context`
  if (!context || EVP_DigestVerifyInit(context.get(), &settings, hash, nullptr, key.key.get()) != 1) return false;
  if (!set_padding(settings, algorithm)) return false;
  return EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(bytes), bytes.size()) == 1;
}

}  // namespace sluice::auth
