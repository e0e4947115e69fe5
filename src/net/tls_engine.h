#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/peer_certificate.h"
#include "net/tls.h"

struct ssl_st;

namespace sluice::net {

/// One side of one TLS connection without any input or output: ciphertext goes in by received() and
/// comes out in outgoing(). The caller sends outgoing() after every call, also after one that failed.
class TlsEngine {
 public:
  [[nodiscard]] static std::unique_ptr<TlsEngine> server(TlsServerContext& context);
  /// `server_name`: what the certificate must be valid for, a host name or an address literal.
  [[nodiscard]] static Result<std::unique_ptr<TlsEngine>> client(TlsClientContext& context, const std::string& server_name);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  enum class Step { done, need_input, ended, failed };

  [[nodiscard]] Step handshake();
  /// done: `size` bytes of plaintext are in `buffer`. ended: the peer sent close_notify.
  [[nodiscard]] Step read(std::span<char> buffer, std::size_t& size);
  [[nodiscard]] Step write(std::string_view plaintext);
  void send_close_notify();

  /// Room for ciphertext from the peer, to be filled only after need_input.
  [[nodiscard]] std::span<char> input_room();
  void received(std::size_t size);
  /// Before the handshake: what was read of it already. Copied.
  void received_before(std::string_view ciphertext);
  [[nodiscard]] std::string& outgoing() noexcept { return outgoing_; }
  /// After the handshake: what the other side showed; nothing if it showed no certificate.
  [[nodiscard]] std::unique_ptr<PeerCertificate> peer_certificate() const;
  [[nodiscard]] std::string_view application_protocol() const noexcept;
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  friend struct EngineBio;
  explicit TlsEngine(ssl_st* ssl);
  [[nodiscard]] Step step_of(int result);

  ssl_st* ssl_;
  std::string input_;       // what the peer sent
  std::string_view unread_; // its part that OpenSSL has not taken yet
  std::string outgoing_;
  std::string failure_;
};

}  // namespace sluice::net
