#include "net/tls_engine.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace sluice::net {

namespace {
constexpr std::size_t kInputBytes = 17 * 1024;  // one whole record and a bit

bool is_address_literal(const std::string& name) {
  unsigned char address[16];
  return inet_pton(AF_INET, name.c_str(), address) == 1 || inet_pton(AF_INET6, name.c_str(), address) == 1;
}
}  // namespace

// OpenSSL's view of the engine's two buffers.
struct EngineBio {
  static int write(BIO* bio, const char* data, int size) {
    static_cast<TlsEngine*>(BIO_get_data(bio))->outgoing_.append(data, static_cast<std::size_t>(size));
    return size;
  }
  static int read(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    std::string_view& unread = static_cast<TlsEngine*>(BIO_get_data(bio))->unread_;
    const std::size_t taken = std::min(unread.size(), static_cast<std::size_t>(size));
    if (taken == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::memcpy(data, unread.data(), taken);
    unread.remove_prefix(taken);
    return static_cast<int>(taken);
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO* make(TlsEngine* engine) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "engine");
      if (made == nullptr) std::abort();
      BIO_meth_set_write(made, write);
      BIO_meth_set_read(made, read);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* bio = BIO_new(method);
    if (bio == nullptr) std::abort();
    BIO_set_data(bio, engine);
    BIO_set_init(bio, 1);
    return bio;
  }
};

TlsEngine::TlsEngine(ssl_st* ssl) : ssl_(ssl) {
  if (ssl_ == nullptr) std::abort();  // out of memory
  BIO* bio = EngineBio::make(this);
  SSL_set_bio(ssl_, bio, bio);
}

TlsEngine::~TlsEngine() { SSL_free(ssl_); }

std::unique_ptr<TlsEngine> TlsEngine::server(TlsServerContext& context) {
  std::unique_ptr<TlsEngine> engine(new TlsEngine(SSL_new(context.native())));
  SSL_set_accept_state(engine->ssl_);
  return engine;
}

Result<std::unique_ptr<TlsEngine>> TlsEngine::client(TlsClientContext& context, const std::string& server_name) {
  std::unique_ptr<TlsEngine> engine(new TlsEngine(SSL_new(context.native())));
  SSL_set_connect_state(engine->ssl_);
  const bool literal = is_address_literal(server_name);
  if (!literal && !server_name.empty()) SSL_set_tlsext_host_name(engine->ssl_, server_name.c_str());
  if (context.verification() == TlsVerification::full) {
    X509_VERIFY_PARAM* expected = SSL_get0_param(engine->ssl_);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // An empty name would switch the check off.
    const bool set = !server_name.empty() && (literal ? X509_VERIFY_PARAM_set1_ip_asc(expected, server_name.c_str())
                                                      : X509_VERIFY_PARAM_set1_host(expected, server_name.data(), server_name.size())) == 1;
    if (!set) return make_error(ErrorKind::upstream_unavailable, "no server name to verify the certificate against");
  }
  return engine;
}

TlsEngine::Step TlsEngine::step_of(int result) {
  if (result > 0) return Step::done;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return Step::need_input;
    case SSL_ERROR_ZERO_RETURN: return Step::ended;
    default: break;
  }
  const long verification = SSL_get_verify_mode(ssl_) == SSL_VERIFY_NONE ? X509_V_OK : SSL_get_verify_result(ssl_);
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  if (verification != X509_V_OK) {
    failure_ = std::string("certificate not accepted: ") + X509_verify_cert_error_string(verification);
  } else {
    failure_ = reason != nullptr ? reason : "unknown TLS error";
  }
  ERR_clear_error();
  return Step::failed;
}

TlsEngine::Step TlsEngine::handshake() {
  ERR_clear_error();
  return step_of(SSL_do_handshake(ssl_));
}

TlsEngine::Step TlsEngine::read(std::span<char> buffer, std::size_t& size) {
  ERR_clear_error();
  return step_of(SSL_read_ex(ssl_, buffer.data(), buffer.size(), &size));
}

TlsEngine::Step TlsEngine::write(std::string_view plaintext) {
  ERR_clear_error();
  std::size_t written = 0;
  const Step step = step_of(SSL_write_ex(ssl_, plaintext.data(), plaintext.size(), &written));
  if (step == Step::done) return step;
  if (step == Step::need_input) failure_ = "TLS renegotiation is not supported";
  return Step::failed;
}

std::unique_ptr<PeerCertificate> TlsEngine::peer_certificate() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr) return nullptr;
  auto read = std::make_unique<PeerCertificate>(read_certificate(certificate));
  read->verified = SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl_) == X509_V_OK;
  return read;
}

std::string_view TlsEngine::application_protocol() const noexcept {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

void TlsEngine::send_close_notify() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_) != 0) SSL_shutdown(ssl_);
  ERR_clear_error();
}

std::span<char> TlsEngine::input_room() {
  if (!unread_.empty()) std::abort();
  input_.resize(kInputBytes);
  return input_;
}

void TlsEngine::received_before(std::string_view ciphertext) {
  input_ = ciphertext;
  unread_ = input_;
}

void TlsEngine::received(std::size_t size) { unread_ = std::string_view(input_).substr(0, size); }

}  // namespace sluice::net
