#include "net/connect.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <random>
#include <system_error>
#include <vector>

#include "net/deadline_timer.h"
#include "net/socket_stream.h"

namespace sluice::net {

namespace asio = boost::asio;

namespace {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  std::string text;  ///< empty for a Unix socket
};

// Name resolution cannot be cancelled: it may outlive the one who asked.
struct Resolution {
  explicit Resolution(const Executor& executor) : done(executor) {}
  Event done;
  std::vector<Address> addresses;
};

Address address_of(const asio::ip::tcp::endpoint& endpoint) {
  Address address;
  std::memcpy(&address.bytes, endpoint.data(), endpoint.size());
  address.size = static_cast<socklen_t>(endpoint.size());
  address.text = endpoint.address().to_string();
  return address;
}

awaitable<void> resolve(std::shared_ptr<Resolution> resolution, std::string host, std::uint16_t port) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto [error, found] = co_await resolver.async_resolve(host, std::to_string(port), asio::ip::resolver_base::numeric_service,
                                                              asio::as_tuple(asio::use_awaitable));
  if (!error) {
    for (const auto& entry : found) resolution->addresses.push_back(address_of(entry.endpoint()));
  }
  resolution->done.notify();
}

Error unreachable(const std::string& where, int code) {
  return make_error(ErrorKind::upstream_unavailable, "could not connect to " + where + ": " + std::system_category().message(code));
}

// 0, or the errno that says why not. Closes the socket unless 0.
awaitable<int> finish_connect(int socket, Deadline deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::posix::stream_descriptor descriptor(executor, socket);
  DeadlineTimer timer(executor);
  timer.set(deadline, [&descriptor] {
    boost::system::error_code ignored;
    descriptor.cancel(ignored);
  });
  const auto [error] = co_await descriptor.async_wait(asio::posix::stream_descriptor::wait_write, asio::as_tuple(asio::use_awaitable));
  if (error) co_return ETIMEDOUT;
  int code = 0;
  socklen_t size = sizeof code;
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
  if (code == 0) descriptor.release();
  co_return code;
}

awaitable<Result<std::unique_ptr<ByteStream>>> connect_address(Address address, std::string where, Deadline deadline, TcpOptions options) {
  const Executor executor = co_await asio::this_coro::executor;
  const int socket = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) co_return unreachable(where, errno);
  if (address.bytes.ss_family != AF_UNIX) set_tcp_options(socket, options);
  int code = ::connect(socket, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0 ? 0 : errno;
  if (code == EINPROGRESS) {
    code = co_await finish_connect(socket, deadline);
  } else if (code != 0) {
    ::close(socket);
  }
  if (code == ETIMEDOUT) co_return make_error(ErrorKind::timed_out, "connecting to " + where + " took too long");
  if (code != 0) co_return unreachable(where, code);
  co_return adopt_socket(executor, socket, peer_name(socket));
}

}  // namespace

awaitable<Result<std::unique_ptr<ByteStream>>> connect_tcp(std::string host, std::uint16_t port, Deadline deadline, AddressOrder order,
                                                            TcpOptions options, AddressFilter filter) {
  const Executor executor = co_await asio::this_coro::executor;
  const std::string where = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
  std::vector<Address> addresses;
  boost::system::error_code not_literal;
  const asio::ip::address literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) {
    addresses.push_back(address_of(asio::ip::tcp::endpoint(literal, port)));
  } else {
    auto resolution = std::make_shared<Resolution>(executor);
    spawn(executor, resolve(resolution, host, port));
    const bool resolved = co_await resolution->done.wait(deadline);
    if (!resolved) co_return make_error(ErrorKind::timed_out, "resolving host name \"" + host + "\" took too long");
    addresses = resolution->addresses;
    if (addresses.empty()) co_return make_error(ErrorKind::upstream_unavailable, "could not resolve host name \"" + host + "\"");
  }

  if (filter != nullptr) {
    std::erase_if(addresses, [filter](const Address& address) { return !filter(address.text); });
    if (addresses.empty()) co_return make_error(ErrorKind::denied, "connections to the addresses of \"" + host + "\" are not allowed");
  }
  if (order == AddressOrder::random) {
    std::random_device device;
    std::shuffle(addresses.begin(), addresses.end(), device);
  }
  Error last = make_error(ErrorKind::timed_out, "connecting to " + where + " took too long");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // One address that swallows packets must not use up the time of the others.
    const Deadline now = std::chrono::steady_clock::now();
    if (now >= deadline) break;
    const Deadline share = deadline == kNever ? kNever : now + (deadline - now) / static_cast<int>(addresses.size() - i);
    Result<std::unique_ptr<ByteStream>> stream = co_await connect_address(addresses[i], where, share, options);
    if (stream.ok()) co_return std::move(stream).value();
    last = std::move(stream).error();
  }
  co_return last;
}

awaitable<Result<std::unique_ptr<ByteStream>>> connect_unix(std::string path, Deadline deadline) {
  Address address;
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  if (path.size() >= sizeof local.sun_path) {
    co_return make_error(ErrorKind::upstream_unavailable, "socket path \"" + path + "\" is too long");
  }
  std::memcpy(local.sun_path, path.data(), path.size());
  std::memcpy(&address.bytes, &local, sizeof local);
  address.size = sizeof local;
  Result<std::unique_ptr<ByteStream>> stream = co_await connect_address(address, path, deadline, TcpOptions{});
  co_return stream;
}

}  // namespace sluice::net
