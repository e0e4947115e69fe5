#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdlib>

#include "net/peer_certificate.h"

namespace sluice::net {

namespace {
constexpr long kTicketSeconds = 600;  // a client certificate is looked at again at least this often

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

Status use_certificate(SSL_CTX* context, const std::string& certificate_file, const std::string& key_file) {
  struct stat key_status {};
  if (stat(key_file.c_str(), &key_status) != 0) return make_error(ErrorKind::configuration, "cannot read TLS key \"" + key_file + "\"");
  if ((key_status.st_mode & S_IRWXO) != 0) {
    return make_error(ErrorKind::configuration, "TLS key \"" + key_file + "\" is accessible to every user of this machine",
                      "Run chmod 600 on it.");
  }
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return tls_error("cannot use TLS certificate \"" + certificate_file + "\"");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_error("cannot use TLS key \"" + key_file + "\"");
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return tls_error("TLS key \"" + key_file + "\" does not belong to certificate \"" + certificate_file + "\"");
  }
  return Done{};
}

Status ask_for_certificates(SSL_CTX* context, const std::string& ca_file) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(ca_file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return tls_error("cannot use CA file \"" + ca_file + "\"");
  }
  SSL_CTX_set_client_CA_list(context, names);  // takes them over
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
  return Done{};
}
}  // namespace

TlsServerContext::~TlsServerContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<TlsServerContext>> TlsServerContext::load(const std::string& certificate_file, const std::string& key_file,
                                                                 const std::string& alpn, const std::string& client_ca_file) {
  ERR_clear_error();
  std::shared_ptr<TlsServerContext> made(new TlsServerContext(new_context(TLS_server_method())));
  SLUICE_CHECK(use_certificate(made->context_, certificate_file, key_file));
  if (!client_ca_file.empty()) SLUICE_CHECK(ask_for_certificates(made->context_, client_ca_file));
  SSL_CTX_set_session_cache_mode(made->context_, SSL_SESS_CACHE_OFF);  // tickets need no memory of ours
  SSL_CTX_set_timeout(made->context_, kTicketSeconds);
  // Without it a session of a client that showed a certificate could not be resumed.
  SSL_CTX_set_session_id_context(made->context_, reinterpret_cast<const unsigned char*>("sluice"), 6);
  made->end_point_binding_ = end_point_hash(SSL_CTX_get0_certificate(made->context_));
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

Status TlsClientContext::trust_also(const std::string& ca_file) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_locations(context_, ca_file.c_str(), nullptr) != 1) return tls_error("cannot use CA file \"" + ca_file + "\"");
  return Done{};
}

Status TlsClientContext::show_certificate(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  return use_certificate(context_, certificate_file, key_file);
}

void TlsClientContext::name_protocol(const std::string& alpn) {
  const std::string list = static_cast<char>(alpn.size()) + alpn;
  if (SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(list.data()), static_cast<unsigned int>(list.size())) != 0) {
    std::abort();  // out of memory
  }
}

}  // namespace sluice::net
