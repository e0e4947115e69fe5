#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/admin_answers.h"
#include "gateway/worker_context.h"
#include "net/byte_stream.h"
#include "protocol/message_reader.h"
#include "protocol/session_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::gateway {

/// A person's connection to the admin database, once they are logged in: both query protocols, no upstream. Lives inside the
/// Session that logged them in, on its thread.
class AdminSession {
 public:
  /// `ending` says, once it is set, why the gateway ends the session. All references outlive it.
  AdminSession(WorkerContext& worker, net::ByteStream& agent, protocol::MessageBuffer& from_agent, IdentityId who, const std::optional<Error>& ending);

  /// What follows AuthenticationOk.
  [[nodiscard]] std::string welcome(std::uint32_t process_id) const;
  /// Returns when the connection is over.
  [[nodiscard]] net::awaitable<void> serve();

 private:
  using Problem = std::optional<protocol::NoticeFields>;  ///< an ErrorResponse; nullopt: none

  net::awaitable<Status> on_message(const protocol::MessageView& message);
  net::awaitable<Status> on_query(const protocol::MessageView& message);
  Status on_parse(const protocol::MessageView& message);
  Status on_bind(const protocol::MessageView& message);
  Status on_describe(const protocol::MessageView& message);
  net::awaitable<Status> on_execute(const protocol::MessageView& message);
  Status on_close(const protocol::MessageView& message);
  void on_sync();

  /// Runs one command and gives its rows; what of a transaction it means is settled here too.
  net::awaitable<Result<AdminTable>> run(AdminCall call);
  [[nodiscard]] Result<AdminTable> change_transaction(const AdminCommand& command);
  void describe(const AdminCommand& command);
  void send_rows(const AdminTable& table, std::size_t from, std::size_t to);
  void fail(const Error& error);           ///< in the simple protocol
  void fail_extended(const Error& error);  ///< and skips to Sync
  void ready();

  WorkerContext& worker_;
  net::ByteStream& agent_;
  protocol::MessageBuffer& from_agent_;
  const IdentityId who_;
  const std::optional<Error>& ending_;
  AdminAnswers answers_;
  std::string out_;
  protocol::TransactionStatus transaction_ = protocol::TransactionStatus::idle;
  bool skipping_ = false;  ///< to the next Sync
  bool over_ = false;

  struct Portal {
    AdminCall call;
    std::optional<AdminTable> table;  ///< once it was executed
    std::size_t sent = 0;
  };
  std::map<std::string, AdminCommand, std::less<>> statements_;
  std::map<std::string, Portal, std::less<>> portals_;
};

}  // namespace sluice::gateway
