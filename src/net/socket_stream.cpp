// The one file that instantiates Asio's sockets.
#include "net/socket_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "net/deadline_timer.h"
#include "net/tls_engine.h"

namespace sluice::net {

namespace {

constexpr std::size_t kTlsSlice = 64 * 1024;  // plaintext that is encrypted before each send

class SocketStream final : public ByteStream {
 public:
  SocketStream(const Executor& executor, int socket, std::string peer)
      : socket_(executor, boost::asio::generic::stream_protocol(family_of(socket), 0), socket), deadline_(executor), stall_(executor), peer_(std::move(peer)) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
  }
  ~SocketStream() override { close(); }

  awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override { return tls_ ? read_tls(buffer) : receive(buffer); }
  awaitable<Status> write(std::string_view bytes) override { return tls_ ? write_tls(bytes) : send_all(bytes); }
  awaitable<Status> accept_tls(TlsServerContext& context, std::string_view read_ahead) override;
  awaitable<Status> connect_tls(TlsClientContext& context, const std::string& server_name) override;
  bool encrypted() const noexcept override { return tls_ != nullptr; }
  const PeerCertificate* peer_certificate() const noexcept override { return certificate_.get(); }
  std::string_view application_protocol() const noexcept override { return tls_ ? tls_->application_protocol() : std::string_view(); }
  std::optional<std::uint32_t> peer_user_id() const noexcept override;

  void set_deadline(Deadline deadline) override {
    expired_ = false;
    deadline_.set(deadline, [this] { expire(); });
  }
  void set_write_timeout(std::chrono::milliseconds timeout) override { write_timeout_ = timeout; }
  void shutdown_send() noexcept override;
  void close() noexcept override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }
  std::string peer() const override { return peer_; }

 private:
  static int family_of(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    return getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? address.ss_family : AF_UNSPEC;
  }

  void expire() noexcept {
    expired_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
  [[nodiscard]] bool ended() const noexcept { return expired_ || !socket_.is_open(); }
  // Why an operation failed whose own reason is `code`.
  [[nodiscard]] Error failure(int code) const {
    if (!socket_.is_open()) return make_error(ErrorKind::canceled, "connection closed");
    if (expired_) return make_error(ErrorKind::timed_out, "connection timed out");
    return make_error(ErrorKind::upstream_unavailable, "connection lost: " + std::system_category().message(code));
  }

  awaitable<Result<std::size_t>> receive(std::span<char> buffer);
  awaitable<Status> send_all(std::string_view bytes);
  [[nodiscard]] std::size_t send_now(std::string_view bytes, int& code) noexcept;

  awaitable<Status> handshake(ErrorKind kind);
  awaitable<Result<std::size_t>> read_tls(std::span<char> buffer);
  awaitable<Status> write_tls(std::string_view plaintext);
  awaitable<Status> flush();
  void flush_some() noexcept;

  boost::asio::generic::stream_protocol::socket socket_;
  DeadlineTimer deadline_;
  DeadlineTimer stall_;          // of a write that waits for the peer to take bytes
  std::chrono::milliseconds write_timeout_{0};
  std::string peer_;
  std::unique_ptr<TlsEngine> tls_;
  std::unique_ptr<PeerCertificate> certificate_;
  std::string in_flight_;        // ciphertext on its way while more may be produced
  bool flushing_ = false;        // a write owns the order of outgoing ciphertext
  bool shutdown_wanted_ = false; // at the end of that write
  bool expired_ = false;
  bool more_likely_ = false;     // the last read filled its buffer
};

awaitable<Result<std::size_t>> SocketStream::receive(std::span<char> buffer) {
  if (ended()) co_return failure(0);
  // After a full read there is most likely more: take it without the way through the event loop.
  if (more_likely_) {
    const ssize_t size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      more_likely_ = static_cast<std::size_t>(size) == buffer.size();
      co_return static_cast<std::size_t>(size);
    }
  }
  const auto [error, size] = co_await socket_.async_receive(boost::asio::buffer(buffer.data(), buffer.size()),
                                                            boost::asio::as_tuple(boost::asio::use_awaitable));
  if (error == boost::asio::error::eof) co_return std::size_t{0};
  if (error) co_return failure(error.value());
  more_likely_ = size == buffer.size();
  co_return size;
}

// As much as the kernel takes at once. `code` is set if the connection is broken.
std::size_t SocketStream::send_now(std::string_view bytes, int& code) noexcept {
  code = 0;
  const ssize_t size = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) code = errno;
  return 0;
}

awaitable<Status> SocketStream::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    if (ended()) co_return failure(0);
    int code = 0;
    bytes.remove_prefix(send_now(bytes, code));
    if (code != 0) co_return failure(code);
    if (bytes.empty()) break;
    if (write_timeout_.count() > 0) stall_.set(std::chrono::steady_clock::now() + write_timeout_, [this] { expire(); });
    const auto [error, size] =
        co_await socket_.async_send(boost::asio::buffer(bytes.data(), bytes.size()), boost::asio::as_tuple(boost::asio::use_awaitable));
    stall_.set(kNever, [] {});
    if (error) co_return failure(error.value());
    bytes.remove_prefix(size);
  }
  co_return Done{};
}

awaitable<Status> SocketStream::accept_tls(TlsServerContext& context, std::string_view read_ahead) {
  tls_ = TlsEngine::server(context);
  tls_->received_before(read_ahead);
  return handshake(ErrorKind::protocol_violation);
}

std::optional<std::uint32_t> SocketStream::peer_user_id() const noexcept {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  const int socket = const_cast<SocketStream*>(this)->socket_.native_handle();
  if (family_of(socket) != AF_UNIX || getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return credentials.uid;
}

awaitable<Status> SocketStream::connect_tls(TlsClientContext& context, const std::string& server_name) {
  Result<std::unique_ptr<TlsEngine>> engine = TlsEngine::client(context, server_name);
  if (!engine.ok()) co_return std::move(engine).error();
  tls_ = std::move(engine).value();
  Status status = co_await handshake(ErrorKind::upstream_unavailable);
  co_return status;
}

awaitable<Status> SocketStream::handshake(ErrorKind kind) {
  while (true) {
    const TlsEngine::Step step = tls_->handshake();
    Status sent = co_await flush();
    if (step == TlsEngine::Step::failed) co_return make_error(kind, "TLS handshake failed: " + tls_->failure());
    if (!sent.ok()) co_return std::move(sent).error();
    if (step == TlsEngine::Step::done) {
      certificate_ = tls_->peer_certificate();
      co_return Done{};
    }
    if (step == TlsEngine::Step::ended) co_return make_error(kind, "connection ended during the TLS handshake");
    Result<std::size_t> size = co_await receive(tls_->input_room());
    if (!size.ok()) co_return std::move(size).error();
    if (*size == 0) co_return make_error(kind, "connection ended during the TLS handshake");
    tls_->received(*size);
  }
}

awaitable<Result<std::size_t>> SocketStream::read_tls(std::span<char> buffer) {
  while (true) {
    if (ended()) co_return failure(0);
    std::size_t size = 0;
    const TlsEngine::Step step = tls_->read(buffer, size);
    flush_some();
    switch (step) {
      case TlsEngine::Step::done: co_return size;
      case TlsEngine::Step::ended: co_return std::size_t{0};
      case TlsEngine::Step::failed: co_return make_error(ErrorKind::protocol_violation, "TLS error: " + tls_->failure());
      case TlsEngine::Step::need_input: break;
    }
    Result<std::size_t> received = co_await receive(tls_->input_room());
    if (!received.ok()) co_return std::move(received).error();
    if (*received == 0) co_return make_error(ErrorKind::protocol_violation, "TLS connection ended without close_notify");
    tls_->received(*received);
  }
}

awaitable<Status> SocketStream::write_tls(std::string_view plaintext) {
  while (!plaintext.empty()) {
    if (ended()) co_return failure(0);
    const std::string_view slice = plaintext.substr(0, kTlsSlice);
    if (tls_->write(slice) != TlsEngine::Step::done) {
      co_return make_error(ErrorKind::protocol_violation, "TLS error: " + tls_->failure());
    }
    Status sent = co_await flush();
    if (!sent.ok()) co_return std::move(sent).error();
    plaintext.remove_prefix(slice.size());
  }
  co_return Done{};
}

// Reading may produce ciphertext too (key updates, alerts) while this waits, hence the second buffer.
awaitable<Status> SocketStream::flush() {
  flushing_ = true;
  Status status = Done{};
  while (status.ok() && !tls_->outgoing().empty()) {
    in_flight_.swap(tls_->outgoing());
    status = co_await send_all(in_flight_);
    in_flight_.clear();
  }
  flushing_ = false;
  if (shutdown_wanted_ && socket_.is_open()) ::shutdown(socket_.native_handle(), SHUT_WR);
  co_return status;
}

// For what a read produced: if the kernel does not take it now, the next write does.
void SocketStream::flush_some() noexcept {
  if (flushing_ || tls_->outgoing().empty() || !socket_.is_open()) return;
  int code = 0;
  tls_->outgoing().erase(0, send_now(tls_->outgoing(), code));
}

void SocketStream::shutdown_send() noexcept {
  if (!socket_.is_open()) return;
  if (tls_) {
    tls_->send_close_notify();
    shutdown_wanted_ = flushing_;
    if (flushing_) return;
    flush_some();
  }
  ::shutdown(socket_.native_handle(), SHUT_WR);
}

}  // namespace

std::unique_ptr<ByteStream> adopt_socket(const Executor& executor, int socket, std::string peer) {
  return std::make_unique<SocketStream>(executor, socket, std::move(peer));
}

std::string peer_name(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unknown";
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  return "unix";
}

void set_tcp_options(int socket, const TcpOptions& options) {
  const auto set = [socket](int level, int name, auto value) {
    const int number = static_cast<int>(value);
    ::setsockopt(socket, level, name, &number, sizeof number);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  if (options.keepalive_idle.count() > 0) set(IPPROTO_TCP, TCP_KEEPIDLE, options.keepalive_idle.count());
  if (options.keepalive_interval.count() > 0) set(IPPROTO_TCP, TCP_KEEPINTVL, options.keepalive_interval.count());
  if (options.keepalive_count > 0) set(IPPROTO_TCP, TCP_KEEPCNT, options.keepalive_count);
  if (options.user_timeout.count() > 0) set(IPPROTO_TCP, TCP_USER_TIMEOUT, options.user_timeout.count());
}

}  // namespace sluice::net
