#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "net/socket_stream.h"

namespace sluice::net {

namespace {

constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kRetryAfter{100};

struct SocketFile {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

Error cannot_listen(const std::string& name, const std::string& why) {
  return make_error(ErrorKind::configuration, "cannot listen on " + name + ": " + why);
}
Error cannot_listen(const std::string& name, int code) { return cannot_listen(name, std::system_category().message(code)); }

// Closes itself unless taken.
struct OwnedSocket {
  explicit OwnedSocket(int number) : fd(number) {}
  ~OwnedSocket() {
    if (fd >= 0) ::close(fd);
  }
  OwnedSocket(const OwnedSocket&) = delete;
  OwnedSocket& operator=(const OwnedSocket&) = delete;
  int take() { return std::exchange(fd, -1); }
  int fd;
};

// True if the file is a socket that nobody listens on.
bool stale(const sockaddr_un& address) {
  struct stat status {};
  if (lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const OwnedSocket probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED;
}

Result<int> listen_unix(const ListenAt& where, SocketFile& file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where.address.size() >= sizeof address.sun_path) return cannot_listen(where.address, "the path is too long");
  std::memcpy(address.sun_path, where.address.data(), where.address.size());

  OwnedSocket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto bind_it = [&] { return ::bind(socket.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno; };
  int code = bind_it();
  if (code == EADDRINUSE && stale(address)) {
    ::unlink(address.sun_path);
    code = bind_it();
  }
  if (code != 0) return cannot_listen(where.address, code);
  // Nobody can connect before listen(), so the mode is in place in time.
  struct stat status {};
  if (::chmod(address.sun_path, where.socket_mode) != 0 || ::lstat(address.sun_path, &status) != 0) return cannot_listen(where.address, errno);
  file = SocketFile{where.address, status.st_dev, status.st_ino};
  if (::listen(socket.fd, kBacklog) != 0) return cannot_listen(where.address, errno);
  return socket.take();
}

Result<int> listen_tcp(const ListenAt& where, const std::string& name) {
  sockaddr_storage address{};
  socklen_t size = 0;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  if (inet_pton(AF_INET, where.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(where.port);
    size = sizeof v4;
  } else if (inet_pton(AF_INET6, where.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(where.port);
    size = sizeof v6;
  } else {
    return cannot_listen(name, "not an IPv4 or IPv6 address");
  }

  OwnedSocket socket(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ss_family == AF_INET6) ::setsockopt(socket.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (where.share_port && ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) return cannot_listen(name, errno);
  if (::bind(socket.fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) return cannot_listen(name, errno);
  if (::listen(socket.fd, kBacklog) != 0) return cannot_listen(name, errno);
  return socket.take();
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

std::string name_of(const std::string& address, std::uint16_t port) {
  return (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
}

}  // namespace

struct Listener::State {
  State(const Executor& home, int socket) : executor(home), descriptor(home, socket) {}

  Executor executor;
  boost::asio::posix::stream_descriptor descriptor;
  std::string address;
  std::uint16_t port = 0;
  SocketFile file;
  TcpOptions tcp;
  std::atomic<std::uint64_t> shortages{0};
};

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}

Listener::~Listener() { close(); }

Result<std::unique_ptr<Listener>> Listener::open(const Executor& executor, const ListenAt& where) {
  const bool unix_socket = where.address.starts_with('/');
  SocketFile file;
  SLUICE_TRY(socket, unix_socket ? listen_unix(where, file) : listen_tcp(where, name_of(where.address, where.port)));
  auto state = std::make_shared<State>(executor, socket);
  state->address = where.address;
  state->port = unix_socket ? std::uint16_t{0} : port_of(socket);
  state->file = file;
  state->tcp = where.tcp;
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

awaitable<Result<std::unique_ptr<ByteStream>>> Listener::accept() { return accept_on(state_, state_->executor); }
awaitable<Result<std::unique_ptr<ByteStream>>> Listener::accept(Executor home) { return accept_on(state_, std::move(home)); }

awaitable<Result<std::unique_ptr<ByteStream>>> Listener::accept_on(std::shared_ptr<State> state, Executor home) {
  while (state->descriptor.is_open()) {
    const int socket = ::accept4(state->descriptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      if (state->file.path.empty()) set_tcp_options(socket, state->tcp);
      co_return adopt_socket(home, socket, peer_name(socket));
    }
    switch (errno) {
      case EAGAIN:
        co_await state->descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read, boost::asio::as_tuple(boost::asio::use_awaitable));
        break;
      case EINTR:
      case ECONNABORTED:
        break;
      default:  // out of descriptors or memory, or a network error that was pending: it passes
        state->shortages.fetch_add(1, std::memory_order_relaxed);
        co_await sleep_until(std::chrono::steady_clock::now() + kRetryAfter);
        break;
    }
  }
  co_return make_error(ErrorKind::canceled, "listener closed");
}

void Listener::close() noexcept {
  if (!state_->descriptor.is_open()) return;
  const SocketFile& file = state_->file;
  struct stat status {};
  if (!file.path.empty() && ::lstat(file.path.c_str(), &status) == 0 && status.st_dev == file.device && status.st_ino == file.inode) {
    ::unlink(file.path.c_str());
  }
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
}

std::uint64_t Listener::shortages() const noexcept { return state_->shortages.load(std::memory_order_relaxed); }

std::uint16_t Listener::port() const noexcept { return state_->port; }

std::string Listener::name() const { return state_->file.path.empty() ? name_of(state_->address, state_->port) : state_->file.path; }

}  // namespace sluice::net
