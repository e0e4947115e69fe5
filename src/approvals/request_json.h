#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "approvals/request.h"
#include "base/result.h"

namespace sluice::approvals {

/// What the store keeps of a request besides its key columns: held statement and requirement as one JSON
/// object. The inverse of decode_request_document().
[[nodiscard]] Result<std::string> encode_request_document(const HeldStatement& held, const policy::RequireApproval& requirement);

/// Fills `held` and `requirement` of a request. store_unavailable if the document is damaged.
[[nodiscard]] Status decode_request_document(std::string_view document, ApprovalRequest& request);

/// How the statement ended, as the store keeps it, and back. store_unavailable if it is damaged.
[[nodiscard]] std::string encode_execution(const Execution& execution);
[[nodiscard]] Status decode_execution(std::string_view document, ApprovalRequest& request);

[[nodiscard]] std::string encode_review(const Review& review);
[[nodiscard]] Status decode_review(std::string_view document, ApprovalRequest& request);
/// Votes of a standing approval.
[[nodiscard]] std::string encode_votes(const std::vector<Vote>& votes);
[[nodiscard]] Result<std::vector<Vote>> decode_votes(std::string_view document);

}  // namespace sluice::approvals
