#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.h"
#include "base/clock.h"
#include "base/result.h"
#include "control/approval_desk.h"
#include "control/snapshot_board.h"
#include "gateway/admin_command.h"
#include "gateway/admin_source.h"
#include "net/task.h"

namespace sluice::gateway {

/// Rows of text.
struct AdminTable {
  std::vector<std::vector<std::string>> rows;
  std::string tag;  ///< of CommandComplete
};

/// The columns of what a command answers; none: it answers without rows.
[[nodiscard]] std::vector<std::string> admin_columns(const AdminCommand& command);

/// A command whose parameters are filled in.
struct AdminCall {
  AdminCommand command;
  std::string id;
  std::string reason;
};

/// Does what the commands of one connection say.
class AdminAnswers {
 public:
  AdminAnswers(control::ApprovalDesk& desk, control::SnapshotBoard& board, const AdminSource& source) : desk_(desk), board_(board), source_(source) {}

  /// `caller` as configured now. Not for begin, commit and rollback.
  [[nodiscard]] net::awaitable<Result<AdminTable>> answer(AdminCall call, auth::Identity caller);

 private:
  using Answer = net::awaitable<Result<AdminTable>>;
  Answer show_approvals(bool all, auth::Identity caller);
  Answer show_approval(std::string id, auth::Identity caller);
  Answer decide(AdminCall call, auth::Identity caller);
  Answer show_clients();
  Answer show_usage();
  Answer reload();
  [[nodiscard]] AdminTable show_databases(bool servers) const;
  net::awaitable<Result<approvals::ApprovalRequest>> request_of(std::string id, auth::Identity caller);

  control::ApprovalDesk& desk_;
  control::SnapshotBoard& board_;
  const AdminSource& source_;
  struct Shown {
    approvals::DecisionCard card;
    approvals::CardHistory history;
  };
  std::map<RequestId, Shown> shown_;  ///< cards that this connection has seen: by them it decides
};

}  // namespace sluice::gateway
