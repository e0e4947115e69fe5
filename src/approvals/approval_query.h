#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "approvals/people.h"
#include "approvals/request.h"

namespace sluice::approvals {

/// Who looks, and what there is to know about people at that moment.
struct Viewer {
  auth::Identity identity;
  Timestamp now{};
  People people = {};
};
/// Whether lifecycle.h's may_see() lets them; to everybody else the request does not exist.
[[nodiscard]] bool may_see(const ApprovalRequest& request, const Viewer& viewer);

/// Which requests; newest first.
struct ApprovalQuery {
  std::optional<RequestState> state;
  std::string before;     ///< only those with a smaller id; empty: from the newest on
  std::size_t limit = 100;
  std::string requester;  ///< empty: any, as of the next two
  std::string database;
  std::string action;
  std::optional<Viewer> viewer;  ///< only what they may see
  bool own = false;       ///< of these only what they asked for, own the agent of, or are acted for in
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
