#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdlib>

namespace sluice::net {

namespace {
Error tls_error(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return make_error(ErrorKind::configuration, reason != nullptr ? what + ": " + reason : what);
}

SSL_CTX* new_context(const SSL_METHOD* method) {
  SSL_CTX* context = SSL_CTX_new(method);
  if (context == nullptr) std::abort();  // out of memory
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // an idle session keeps no record buffers
  return context;
}

// RFC 5929: the certificate's own signature hash, but SHA-256 in place of MD5 and SHA-1.
std::string end_point_hash(SSL_CTX* context) {
  X509* certificate = SSL_CTX_get0_certificate(context);
  int hash = NID_undef;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &hash, nullptr) != 1 || hash == NID_undef) return {};
  const EVP_MD* algorithm = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (algorithm == nullptr || X509_digest(certificate, algorithm, bytes, &size) != 1) return {};
  return {reinterpret_cast<char*>(bytes), size};
}
}  // namespace

TlsServerContext::~TlsServerContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<TlsServerContext>> TlsServerContext::load(const std::string& certificate_file, const std::string& key_file,
                                                                 const std::string& alpn) {
  ERR_clear_error();
  std::shared_ptr<TlsServerContext> made(new TlsServerContext(new_context(TLS_server_method())));
  struct stat key_status {};
  if (stat(key_file.c_str(), &key_status) != 0) return make_error(ErrorKind::configuration, "cannot read TLS key \"" + key_file + "\"");
  if ((key_status.st_mode & S_IRWXO) != 0) {
    return make_error(ErrorKind::configuration, "TLS key \"" + key_file + "\" is accessible to every user of this machine",
                      "Run chmod 600 on it.");
  }
  if (SSL_CTX_use_certificate_chain_file(made->context_, certificate_file.c_str()) != 1) {
    return tls_error("cannot use TLS certificate \"" + certificate_file + "\"");
  }
  if (SSL_CTX_use_PrivateKey_file(made->context_, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_error("cannot use TLS key \"" + key_file + "\"");
  }
  if (SSL_CTX_check_private_key(made->context_) != 1) {
    return tls_error("TLS key \"" + key_file + "\" does not belong to certificate \"" + certificate_file + "\"");
  }
  SSL_CTX_set_session_cache_mode(made->context_, SSL_SESS_CACHE_OFF);  // tickets need no memory of ours
  made->end_point_binding_ = end_point_hash(made->context_);
  if (!alpn.empty()) {
    made->alpn_ = static_cast<char>(alpn.size()) + alpn;
    SSL_CTX_set_alpn_select_cb(
        made->context_,
        [](ssl_st*, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned int in_length, void* self) {
          return choose_alpn(self, out, out_length, in, in_length);
        },
        made.get());
  }
  return made;
}

int TlsServerContext::choose_alpn(void* self, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                                  unsigned int in_length) {
  const std::string& ours = static_cast<TlsServerContext*>(self)->alpn_;
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_length, reinterpret_cast<const unsigned char*>(ours.data()),
                                          static_cast<unsigned int>(ours.size()), in, in_length);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

TlsClientContext::~TlsClientContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<TlsClientContext>> TlsClientContext::make(TlsVerification verification, const std::string& ca_file) {
  ERR_clear_error();
  std::shared_ptr<TlsClientContext> made(new TlsClientContext(new_context(TLS_client_method()), verification));
  switch (verification) {
    case TlsVerification::none: SSL_CTX_set_verify(made->context_, SSL_VERIFY_NONE, nullptr); break;
    case TlsVerification::full:
      SSL_CTX_set_verify(made->context_, SSL_VERIFY_PEER, nullptr);
      if (ca_file.empty()) {
        if (SSL_CTX_set_default_verify_paths(made->context_) != 1) return tls_error("cannot use the system's CA certificates");
      } else if (SSL_CTX_load_verify_locations(made->context_, ca_file.c_str(), nullptr) != 1) {
        return tls_error("cannot use CA file \"" + ca_file + "\"");
      }
      break;
  }
  return made;
}

}  // namespace sluice::net
