#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "approvals/request.h"

namespace sluice::approvals {

/// Whom a held statement concerns, so that they may see it: who asked for it, and of people also the agent's owner, whom it acts
/// for, and those in a group that may be asked about it. Seeing is not deciding.
[[nodiscard]] bool concerns(const ApprovalRequest& request, const auth::Identity& identity);

/// Which requests; newest first.
struct ApprovalQuery {
  std::optional<RequestState> state;
  std::string before;     ///< only those with a smaller id; empty: from the newest on
  std::size_t limit = 100;
  std::string requester;  ///< empty: any, as of the next two
  std::string database;
  std::string action;
  std::optional<auth::Identity> concerning;  ///< only those that concern this identity
  bool own = false;       ///< of these only what it asked for, owns the agent of, or is acted for in
};

/// One page. It may hold fewer requests than asked for, even none, and still not be the last.
struct ApprovalPage {
  std::vector<ApprovalRequest> requests;
  std::string next;  ///< what to give as `before` for the next page; empty: that was the last
};

/// Whether the request is among those that the query asks for; `before` and `limit` aside.
[[nodiscard]] bool matches(const ApprovalQuery& query, const ApprovalRequest& request);

/// The page among `requests`, in any order.
[[nodiscard]] ApprovalPage page_of(const ApprovalQuery& query, std::vector<ApprovalRequest> requests);

}  // namespace sluice::approvals
