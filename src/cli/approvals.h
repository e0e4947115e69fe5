#pragma once

#include <string>

#include "cli/http_call.h"

namespace sluice::cli {

// `sluice approvals …`: each function prints and returns the exit code: 0, or 1 if it failed.

struct ApprovalsListOptions {
  ApiOptions api;
  std::string state = "pending";  ///< or approved, denied, expired, withdrawn, consumed; "all"
  bool json = false;              ///< --format json
};
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
  std::string reason;
  bool json = false;
};
int approvals_decide(const ApprovalsDecideOptions& options);

}  // namespace sluice::cli
