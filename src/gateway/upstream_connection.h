#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/scram_client.h"
#include "base/result.h"
#include "config/config.h"
#include "gateway/permit.h"
#include "net/byte_stream.h"
#include "net/task.h"
#include "protocol/login_flow.h"
#include "protocol/message_reader.h"
#include "protocol/startup_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::gateway {

/// The session's connection to its upstream, logged in. It takes nothing that runs a statement but what
/// a plan says, with a Permit. Messages are collected and go out together with flush(). One worker.
class UpstreamConnection {
 public:
  /// `read_ahead`: what the upstream sent behind its first ReadyForQuery and was read with it.
  UpstreamConnection(std::unique_ptr<net::ByteStream> stream, protocol::UpstreamSession session, std::string read_ahead);

  [[nodiscard]] net::ByteStream& stream() noexcept { return *stream_; }
  [[nodiscard]] const protocol::UpstreamSession& session() const noexcept { return session_; }
  [[nodiscard]] std::string take_read_ahead() noexcept { return std::exchange(read_ahead_, {}); }

  /// Runs the permitted text: as rewritten, or `original` if the plan lets it pass unchanged.
  void query(const Permit& permit, const protocol::MessageView& original);
  /// Prepares the plan's text under the agent's own name. Runs nothing yet.
  void parse(const plan::TextPlan& plan, protocol::ParseView parse, const protocol::MessageView& original);
  void execute(const Permit& permit, const protocol::MessageView& original);
  void function_call(const Permit& permit, const protocol::MessageView& original);
  /// One statement of a Query that runs in parts: `source` as rewritten, under the unnamed statement and portal.
  void part(const Permit& permit, std::string_view source, bool binary);
  void begin_block();                        ///< Parse, Bind, Execute of BEGIN
  void end_parts(bool block, bool failed);   ///< ends the block, if there is one; Close, Sync
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
  protocol::UpstreamSession session_;
  std::string read_ahead_;
  std::string buffer_;
  std::string writing_;  // what a flush() under way still needs
};

/// What makes a session other than usual from its start.
struct SessionStart {
  bool any_encoding = false;  ///< client_encoding is what the settings say, not UTF8
  std::string replication;    ///< "true" or "database": a walsender
};

/// Opens upstream connections for one worker; keeps TLS contexts and derived SCRAM keys.
class UpstreamConnector {
 public:
  /// How to reach an upstream; tests pass their own.
  using Dial = std::function<net::awaitable<Result<std::unique_ptr<net::ByteStream>>>(const config::Upstream&, net::Deadline)>;

  UpstreamConnector();
  explicit UpstreamConnector(Dial dial) : dial_(std::move(dial)) {}

  /// `settings` go into the start-up packet. Errors: upstream_unavailable, or invalid_parameter_value /
  /// undefined_object with the upstream's own words about a setting.
  [[nodiscard]] net::awaitable<Result<std::unique_ptr<UpstreamConnection>>> connect(DatabaseAlias alias, config::Upstream upstream,
                                                                                    protocol::StartupParameters settings, SessionStart start,
                                                                                    net::Deadline deadline);
  /// Sends a CancelRequest over a connection of its own; best effort.
  [[nodiscard]] net::awaitable<void> cancel(config::Upstream upstream, protocol::BackendKeyData key, net::Deadline deadline);

 private:
  [[nodiscard]] Result<std::shared_ptr<net::TlsClientContext>> tls_context(const config::Upstream& upstream);

  Dial dial_;
  std::map<std::string, std::shared_ptr<net::TlsClientContext>> tls_;          // by CA file and verification
  std::map<DatabaseAlias, std::shared_ptr<auth::ScramClientKeys>> scram_keys_; // by alias; flows may outlive an entry
};

}  // namespace sluice::gateway
