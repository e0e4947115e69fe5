#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "config/upstream.h"
#include "gateway/permit.h"
#include "net/byte_stream.h"
#include "net/task.h"
#include "protocol/login_flow.h"
#include "protocol/message_reader.h"
#include "protocol/startup_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::gateway {

/// As whom and how a connection was logged in: start-up settings are what RESET returns to, so they are part of it.
/// Equal ones are interchangeable once DISCARD ALL has run; unequal ones never are.
struct UpstreamKey {
  DatabaseAlias database;
  std::string user;
  protocol::StartupParameters settings;
  bool any_encoding = false;
  std::string replication;  ///< empty: no walsender
  friend bool operator==(const UpstreamKey&, const UpstreamKey&) = default;
};

/// The server at the other end: all that it takes to cancel a statement there.
struct UpstreamServer {
  std::shared_ptr<const config::Upstream> upstream;
  config::UpstreamHost host;     ///< as configured: what its certificate must name
  config::UpstreamHost address;  ///< the one of its addresses that was connected to
};

/// A connection to an upstream, logged in. It takes nothing that runs a statement but what
/// a plan says, with a Permit. Messages are collected and go out together with flush(). One worker.
///
/// It belongs to whoever holds it and knows nothing of sessions. A holder that gives it to another hands over with it
/// what session() says (settings as the server told them last, process id and key), only while it is idle, outside a
/// transaction, with nothing buffered or read ahead, and only for an equal key().
class UpstreamConnection {
 public:
  /// `read_ahead`: what the upstream sent behind its first ReadyForQuery and was read with it.
  UpstreamConnection(std::unique_ptr<net::ByteStream> stream, UpstreamKey key, UpstreamServer server, protocol::UpstreamSession session,
                     std::string read_ahead);

  [[nodiscard]] net::ByteStream& stream() noexcept { return *stream_; }
  [[nodiscard]] const UpstreamKey& key() const noexcept { return key_; }
  [[nodiscard]] const UpstreamServer& server() const noexcept { return server_; }
  [[nodiscard]] const protocol::UpstreamSession& session() const noexcept { return session_; }
  [[nodiscard]] std::string take_read_ahead() noexcept { return std::exchange(read_ahead_, {}); }

  /// Runs the permitted text: as rewritten, or `original` if the plan lets it pass unchanged.
  void query(const Permit& permit, const protocol::MessageView& original);
  /// Prepares the plan's text under the agent's own name. Runs nothing yet.
  void parse(const plan::TextPlan& plan, protocol::ParseView parse, const protocol::MessageView& original);
  void execute(const Permit& permit, const protocol::MessageView& original);
  /// One statement of a Query that runs in parts: `source` as rewritten, under the unnamed statement and portal.
  void part(const Permit& permit, std::string_view source, bool binary);
  void begin_block();                        ///< Parse, Bind, Execute of BEGIN
  void end_parts(bool block, bool failed);   ///< ends the block, if there is one; Close, Sync
  void function_call(const Permit& permit, const protocol::MessageView& original);
  /// Messages that run nothing by themselves: Bind, Describe, Close, Flush, Sync, and the Copy messages.
  void pass(const protocol::MessageView& message) { buffer_.append(message.whole); }

  /// Makes the upstream fail where the agent's message would have: its transaction or pipeline fails as
  /// PostgreSQL's would. The error is exchanged on its way back.
  void fail_query();
  void fail_parse();
  void fail_function_call();

  /// A question of our own: `sql` under a name that no agent can see, then Sync or Flush.
  void ask(std::string_view sql, const protocol::BindView& parameters, const protocol::WireArrayView<Oid>& types, bool sync);
  void flush_request();
  void terminate();

  [[nodiscard]] std::size_t buffered() const noexcept { return buffer_.size(); }
  [[nodiscard]] net::awaitable<Status> flush();

 private:
  void run_own(std::string_view sql);  ///< under the unnamed statement and portal

  std::unique_ptr<net::ByteStream> stream_;
  UpstreamKey key_;
  UpstreamServer server_;
  protocol::UpstreamSession session_;
  std::string read_ahead_;
  std::string buffer_;
  std::string writing_;  // what a flush() under way still needs
};

}  // namespace sluice::gateway
