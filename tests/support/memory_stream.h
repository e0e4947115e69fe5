#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "net/byte_stream.h"
#include "net/task.h"

namespace sluice::test {

/// One end of a pair of streams in memory, for conversations without sockets. TLS is pretended: both
/// ends then say that they are encrypted, and the bytes stay readable.
class MemoryStream final : public net::ByteStream {
 public:
  using Pair = std::pair<std::unique_ptr<MemoryStream>, std::unique_ptr<MemoryStream>>;
  /// Both ends live on `executor`. A write waits while `capacity` bytes or more are unread.
  [[nodiscard]] static Pair make_pair(const net::Executor& executor, std::size_t capacity = 1u << 20);
  ~MemoryStream() override;

  /// From now on read_some() of this end gives at most `bytes`: 1 cuts at every byte boundary.
  void limit_reads(std::size_t bytes) { read_limit_ = bytes; }
  /// The connection breaks, as a lost network does, after this end has written `bytes` more: the peer
  /// can read those, then both ends fail.
  void break_after(std::size_t bytes) { write_budget_ = bytes; }
  /// What this end wrote and the peer has not read yet.
  [[nodiscard]] const std::string& unread_by_peer() const;
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  net::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override;
  net::awaitable<Status> write(std::string_view bytes) override;
  net::awaitable<Status> accept_tls(net::TlsServerContext& context, std::string_view read_ahead) override;
  net::awaitable<Status> connect_tls(net::TlsClientContext& context, const std::string& server_name) override;
  bool encrypted() const noexcept override { return encrypted_; }
  void set_deadline(net::Deadline deadline) override;
  void set_write_timeout(std::chrono::milliseconds) override {}
  void shutdown_send() noexcept override;
  void close() noexcept override;
  std::string peer() const override { return "memory"; }

 private:
  struct Pipe;
  MemoryStream(std::shared_ptr<Pipe> incoming, std::shared_ptr<Pipe> outgoing);
  [[nodiscard]] bool expired() const;

  std::shared_ptr<Pipe> incoming_;
  std::shared_ptr<Pipe> outgoing_;
  std::size_t read_limit_ = static_cast<std::size_t>(-1);
  std::size_t write_budget_ = static_cast<std::size_t>(-1);
  net::Deadline deadline_ = net::kNever;
  bool encrypted_ = false;
  bool closed_ = false;
};

}  // namespace sluice::test
