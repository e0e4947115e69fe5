#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/http_call.h"

namespace sluice::cli {

// `sluice approvals …`: each function prints and returns the exit code: 0, or 1 if it failed.

struct ApprovalsListOptions {
  ApiOptions api;
  std::string state = "pending";  ///< or approved, denied, expired, withdrawn, consumed; "all"
  std::string requester;
  std::string database;
  std::string action;
  bool mine = false;              ///< asked for by the caller, an agent of theirs, or on their behalf
  bool json = false;              ///< --format json
};
/// All pages.
int approvals_list(const ApprovalsListOptions& options);

struct ApprovalsShowOptions {
  ApiOptions api;
  std::string id;
  bool json = false;
};
/// The decision card: who wants what, with everything that is hidden in the statement made visible.
int approvals_show(const ApprovalsShowOptions& options);

struct ApprovalsDecideOptions {
  ApiOptions api;
  std::string id;
  bool approve = false;
  bool yes = false;  ///< ask nothing
  std::string reason;
  bool json = false;
};
/// On a terminal it shows the card and asks before it approves. What was shown is what is decided on: if the request has
/// changed since, nothing happens.
int approvals_decide(const ApprovalsDecideOptions& options);

/// Something done to one request, or one object, that needs no more than a reason.
struct ApprovalsActOptions {
  ApiOptions api;
  std::string id;
  std::string reason;
  bool json = false;
};
int approvals_withdraw(const ApprovalsActOptions& options);
int approvals_break_glass(const ApprovalsActOptions& options);

struct ApprovalsReviewOptions {
  ApprovalsActOptions act;
  bool justified = false;
};
int approvals_review(const ApprovalsReviewOptions& options);
int approvals_reviews(const ApprovalsShowOptions& options);  ///< what waits for one; `id` is not used

struct ApprovalsWatchOptions {
  ApiOptions api;
  std::uint64_t after = 0;
  bool from_now = true;     ///< `after` is not used
  std::uint64_t count = 0;  ///< ends after so many events; 0: never
  bool json = false;
};
/// Prints what happens, while it happens; goes on after the connection was lost.
int approvals_watch(const ApprovalsWatchOptions& options);

struct ApprovalsLinkOptions {
  ApiOptions api;
  std::string code;
  std::string channel;
  std::string account;
  bool json = false;
};
int approvals_link(const ApprovalsLinkOptions& options);
int approvals_links(const ApprovalsLinkOptions& options);
int approvals_unlink(const ApprovalsLinkOptions& options);

struct ApprovalsEvidenceOptions {
  ApiOptions api;
  std::string id;
  std::string output;  ///< empty: standard output
};
int approvals_evidence(const ApprovalsEvidenceOptions& options);

struct DelegateOptions {
  ApiOptions api;
  std::string to;
  std::vector<std::string> groups;
  std::string from;   ///< time; empty: now
  std::string until;  ///< time
  std::string reason;
  bool json = false;
};
int approvals_delegate(const DelegateOptions& options);
int approvals_delegations(const ApprovalsShowOptions& options);  ///< `id` is not used
int approvals_undelegate(const ApprovalsActOptions& options);

struct StandingOptions {
  ApiOptions api;
  std::string id;  ///< of the request it is made from
  std::uint64_t uses = 0;
  std::uint64_t rows = 0;
  std::uint64_t hours = 0;
  std::string reason;
  bool json = false;
};
int standing_list(const ApprovalsShowOptions& options);  ///< `id` is not used
int standing_make(const StandingOptions& options);
int standing_agree(const ApprovalsActOptions& options);
int standing_revoke(const ApprovalsActOptions& options);

}  // namespace sluice::cli
