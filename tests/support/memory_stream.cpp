#include "support/memory_stream.h"

#include <algorithm>

namespace sluice::test {

// One direction.
struct MemoryStream::Pipe {
  Pipe(const net::Executor& executor, std::size_t room) : capacity(room), readable(executor), writable(executor) {}

  void wake_both() {
    readable.notify();
    writable.notify();
  }

  std::string bytes;
  std::size_t capacity;
  bool ended = false;   // the writer will write no more
  bool broken = false;  // the reader is gone, or the network is
  net::Event readable;
  net::Event writable;
};

MemoryStream::Pair MemoryStream::make_pair(const net::Executor& executor, std::size_t capacity) {
  auto there = std::make_shared<Pipe>(executor, capacity);
  auto back = std::make_shared<Pipe>(executor, capacity);
  std::unique_ptr<MemoryStream> first(new MemoryStream(back, there));
  std::unique_ptr<MemoryStream> second(new MemoryStream(there, back));
  return {std::move(first), std::move(second)};
}

MemoryStream::MemoryStream(std::shared_ptr<Pipe> incoming, std::shared_ptr<Pipe> outgoing)
    : incoming_(std::move(incoming)), outgoing_(std::move(outgoing)) {}

MemoryStream::~MemoryStream() { close(); }

const std::string& MemoryStream::unread_by_peer() const { return outgoing_->bytes; }

bool MemoryStream::expired() const { return deadline_ != net::kNever && std::chrono::steady_clock::now() >= deadline_; }

net::awaitable<Result<std::size_t>> MemoryStream::read_some(std::span<char> buffer) {
  const std::shared_ptr<Pipe> pipe = incoming_;
  while (true) {
    if (closed_) co_return make_error(ErrorKind::canceled, "connection closed");
    if (expired()) co_return make_error(ErrorKind::timed_out, "connection timed out");
    if (!pipe->bytes.empty()) break;
    if (pipe->ended) co_return std::size_t{0};
    if (pipe->broken) co_return make_error(ErrorKind::upstream_unavailable, "connection lost");
    co_await pipe->readable.wait(deadline_);
  }
  const std::size_t size = std::min({buffer.size(), pipe->bytes.size(), read_limit_});
  std::copy_n(pipe->bytes.begin(), size, buffer.begin());
  pipe->bytes.erase(0, size);
  pipe->writable.notify();
  co_return size;
}

net::awaitable<Status> MemoryStream::write(std::string_view bytes) {
  const std::shared_ptr<Pipe> pipe = outgoing_;
  while (!bytes.empty()) {
    if (closed_ || pipe->ended) co_return make_error(ErrorKind::canceled, "connection closed");
    if (expired()) co_return make_error(ErrorKind::timed_out, "connection timed out");
    if (pipe->broken) co_return make_error(ErrorKind::upstream_unavailable, "connection lost");
    if (pipe->bytes.size() >= pipe->capacity) {
      co_await pipe->writable.wait(deadline_);
      continue;
    }
    const std::size_t size = std::min({bytes.size(), pipe->capacity - pipe->bytes.size(), write_budget_});
    pipe->bytes.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (write_budget_ != static_cast<std::size_t>(-1)) write_budget_ -= size;
    if (write_budget_ == 0) {
      pipe->broken = incoming_->broken = true;
      incoming_->wake_both();
    }
    pipe->readable.notify();
  }
  co_return Done{};
}

net::awaitable<Status> MemoryStream::accept_tls(net::TlsServerContext&, std::string_view) {
  encrypted_ = true;
  co_return Done{};
}

net::awaitable<Status> MemoryStream::connect_tls(net::TlsClientContext&, const std::string&) {
  encrypted_ = true;
  co_return Done{};
}

void MemoryStream::set_deadline(net::Deadline deadline) {
  deadline_ = deadline;
  incoming_->readable.notify();
  outgoing_->writable.notify();
}

void MemoryStream::shutdown_send() noexcept {
  outgoing_->ended = true;
  outgoing_->readable.notify();
}

void MemoryStream::close() noexcept {
  if (closed_) return;
  closed_ = true;
  outgoing_->ended = true;
  incoming_->broken = true;
  outgoing_->wake_both();
  incoming_->wake_both();
}

}  // namespace sluice::test
