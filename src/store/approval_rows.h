#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approvals/request.h"
#include "base/result.h"
#include "store/sqlite.h"

// The rows of approval requests, without any decision; within the caller's transaction.
namespace sluice::store {

[[nodiscard]] Result<std::vector<approvals::ApprovalRequest>> load_requests(const Database& database, std::string_view condition,
                                                                           const std::vector<std::string>& texts,
                                                                           std::optional<std::int64_t> number = std::nullopt);
[[nodiscard]] Status insert_request(const Database& database, const approvals::ApprovalRequest& request);
/// The new state and the votes that `before` did not have. conflict if the stored state is not that of
/// `before` any more. `kind` tells those who follow; empty: "voted", or the state that was entered.
[[nodiscard]] Status update_request(const Database& database, const approvals::ApprovalRequest& before,
                                    const approvals::ApprovalRequest& after, Timestamp now, std::string_view kind = {});

/// One line for those who follow: "filed", "voted", "reminded", "escalated", "reviewed", "executed", or the state entered.
[[nodiscard]] Status note_change(const Database& database, const RequestId& request, std::string_view kind, Timestamp at);
/// conflict unless the request is consumed and no end is known yet.
[[nodiscard]] Status store_execution(const Database& database, const RequestId& request, const approvals::Execution& execution);

/// Groups in one column: each after a newline.
[[nodiscard]] std::string text_of(const std::vector<GroupId>& groups);
[[nodiscard]] std::vector<GroupId> groups_of(std::string_view text);

[[nodiscard]] inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
[[nodiscard]] inline std::int64_t number_of(Timestamp at) { return at.time_since_epoch().count(); }
[[nodiscard]] inline Timestamp time_of(std::int64_t number) { return Timestamp(std::chrono::microseconds(number)); }

}  // namespace sluice::store
