#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/peer_certificate.h"

namespace sluice::net {

class TlsServerContext;  // net/tls.h
class TlsClientContext;  // net/tls.h

template <class T>
using awaitable = boost::asio::awaitable<T>;

/// One byte stream with one owner: TCP, a Unix socket, either under TLS, or memory in tests. One read
/// and one write may be under way at the same time. Lives on the executor it was made for, and must
/// outlive its pending operations: close() it, let them return, then destroy it.
/// Errors: timed_out (the deadline), canceled (close()), upstream_unavailable (the connection was lost,
/// or connect_tls() failed), protocol_violation (accept_tls() failed, a broken TLS record, or an end
/// without close_notify). Operations are ended by close() and set_deadline(), not by cancelling coroutines.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Reads what is there, at least one byte. 0 = the peer shut its sending side in an orderly way.
  [[nodiscard]] virtual awaitable<Result<std::size_t>> read_some(std::span<char> buffer) = 0;
  /// Writes all of `bytes`, which stay alive and unchanged until it returns.
  [[nodiscard]] virtual awaitable<Status> write(std::string_view bytes) = 0;
  /// Become a TLS server or client from here on. No byte may be in flight; `read_ahead` is what of the handshake
  /// was read already, and is copied. The context outlives the handshake.
  [[nodiscard]] virtual awaitable<Status> accept_tls(TlsServerContext& context, std::string_view read_ahead) = 0;
  [[nodiscard]] awaitable<Status> accept_tls(TlsServerContext& context) { return accept_tls(context, {}); }
  [[nodiscard]] virtual awaitable<Status> connect_tls(TlsClientContext& context, const std::string& server_name) = 0;
  [[nodiscard]] virtual bool encrypted() const noexcept = 0;
  /// Of the other side, once TLS stands; null: it showed none.
  [[nodiscard]] virtual const PeerCertificate* peer_certificate() const noexcept { return nullptr; }
  /// What ALPN agreed on; empty: nothing.
  [[nodiscard]] virtual std::string_view application_protocol() const noexcept { return {}; }
  /// The operating system's user id at the other end of a Unix socket.
  [[nodiscard]] virtual std::optional<std::uint32_t> peer_user_id() const noexcept { return std::nullopt; }

  /// From this moment on every read and write that is not finished fails with timed_out. max() = never.
  virtual void set_deadline(std::chrono::steady_clock::time_point deadline) = 0;
  /// A write of which the peer takes no byte for so long fails with timed_out, and so does everything after it.
  /// 0, as at first: never.
  virtual void set_write_timeout(std::chrono::milliseconds timeout) = 0;
  /// Sends what is left and then end-of-stream (and TLS close_notify, best effort); reads still work.
  virtual void shutdown_send() noexcept = 0;
  /// Ends everything at once; pending operations fail. May be called twice.
  virtual void close() noexcept = 0;
  [[nodiscard]] virtual std::string peer() const = 0;  ///< "127.0.0.1:5012", "[::1]:5012" or "unix"
};

}  // namespace sluice::net
