#pragma once

#include <memory>
#include <string>

#include "base/tcp_options.h"
#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::net {

/// A stream over a connected socket, which it owns from here on and makes non-blocking. `executor` must
/// be that of an io_context itself.
[[nodiscard]] std::unique_ptr<ByteStream> adopt_socket(const Executor& executor, int socket, std::string peer);

/// "127.0.0.1:5012", "[::1]:5012" or "unix" for the other end of a connected socket.
[[nodiscard]] std::string peer_name(int socket);

/// TCP_NODELAY, and how a lost peer is found out; does nothing to a Unix socket.
void set_tcp_options(int socket, const TcpOptions& options = {});

}  // namespace sluice::net
