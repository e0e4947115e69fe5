#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/tcp_options.h"
#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::net {

struct ListenAt {
  std::string address = "127.0.0.1";  ///< IPv4 or IPv6 literal, or a path that starts with '/': a Unix socket
  std::uint16_t port = 0;             ///< 0: the system chooses
  bool share_port = false;            ///< SO_REUSEPORT: several listeners on one port, the kernel spreads
  unsigned socket_mode = 0600;        ///< access bits of a Unix socket's file
  TcpOptions tcp = {};                   ///< of the connections that it accepts
};

/// Accepts connections on one address. A Unix socket file that nobody serves any more is replaced,
/// one that is served is an error; the file is removed when the listener closes.
class Listener {
 public:
  /// Errors are of kind configuration and name the address.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(const Executor& executor, const ListenAt& where);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The next connection, its TCP options set. Lives on the listener's executor, or on `home`
  /// if that is given. Connections that were lost before they came up are passed over; while the process
  /// is out of file descriptors it waits and tries again. Fails with canceled after close(), only.
  [[nodiscard]] awaitable<Result<std::unique_ptr<ByteStream>>> accept();
  [[nodiscard]] awaitable<Result<std::unique_ptr<ByteStream>>> accept(Executor home);
  /// From the listener's executor. A pending accept() fails.
  void close() noexcept;

  /// How often accept() could not have a descriptor or memory. Any thread.
  [[nodiscard]] std::uint64_t shortages() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;  ///< 0 for a Unix socket
  [[nodiscard]] std::string name() const;             ///< "127.0.0.1:6432", "[::1]:6432" or the path

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  static awaitable<Result<std::unique_ptr<ByteStream>>> accept_on(std::shared_ptr<State> state, Executor home);

  std::shared_ptr<State> state_;  // shared with a pending accept()
};

}  // namespace sluice::net
