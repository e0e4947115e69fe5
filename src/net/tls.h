#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace sluice::net {

/// Our certificate and key as a TLS server: TLS 1.2 and later, no compression, no renegotiation. Sessions are
/// resumed by tickets, whose keys live and die with the context. Immutable after load(); shared by all threads.
class TlsServerContext {
 public:
  /// PEM files; the certificate file may hold a chain. Errors are of kind configuration. `alpn` is the
  /// one application protocol to agree to if a client names it; empty: none. `client_ca_file`: clients may show
  /// certificates of these authorities, and only such; empty: none is asked for.
  [[nodiscard]] static Result<std::shared_ptr<TlsServerContext>> load(const std::string& certificate_file, const std::string& key_file,
                                                                      const std::string& alpn = {}, const std::string& client_ca_file = {});
  ~TlsServerContext();
  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const noexcept { return context_; }
  /// RFC 5929 tls-server-end-point: the certificate's hash, raw bytes; empty if its algorithm has none.
  [[nodiscard]] const std::string& end_point_binding() const noexcept { return end_point_binding_; }

 private:
  explicit TlsServerContext(ssl_ctx_st* context) : context_(context) {}
  static int choose_alpn(void* self, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned int in_length);

  ssl_ctx_st* context_;
  std::string alpn_;  ///< as on the wire: length byte and name
  std::string end_point_binding_;
};

enum class TlsVerification {
  none,  ///< encrypts, but believes any server
  full,  ///< the chain must lead to a trusted CA and the certificate must name the server
};

/// How we, as a client, check servers, and what we show them. Immutable once in use; shared by all threads.
class TlsClientContext {
 public:
  /// `ca_file`: PEM; empty: the system's store. Errors are of kind configuration.
  [[nodiscard]] static Result<std::shared_ptr<TlsClientContext>> make(TlsVerification verification, const std::string& ca_file = {});
  /// Believes the authorities of this PEM file besides those of make(). Errors are of kind configuration.
  [[nodiscard]] Status trust_also(const std::string& ca_file);
  /// Shows this certificate to servers that ask for one. PEM files; errors are of kind configuration.
  [[nodiscard]] Status show_certificate(const std::string& certificate_file, const std::string& key_file);
  /// Names one application protocol to the server.
  void name_protocol(const std::string& alpn);
  ~TlsClientContext();
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const noexcept { return context_; }
  [[nodiscard]] TlsVerification verification() const noexcept { return verification_; }

 private:
  TlsClientContext(ssl_ctx_st* context, TlsVerification verification) : context_(context), verification_(verification) {}

  ssl_ctx_st* context_;
  TlsVerification verification_;
};

}  // namespace sluice::net
