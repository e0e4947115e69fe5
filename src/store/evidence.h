#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approvals/request.h"
#include "audit/chain.h"
#include "base/result.h"
#include "store/approval_store.h"
#include "store/evidence_log.h"

// The evidence of one approval request as one JSON text: docs/evidence.md says what is in it.
namespace sluice::store {

/// What the store contributes.
struct StoredEvidence {
  approvals::ApprovalRequest request;
  std::vector<std::string> cards;  ///< that voters saw, JSON
};
[[nodiscard]] Result<StoredEvidence> stored_evidence(ApprovalStore& approvals, const RequestId& id, Timestamp now);

[[nodiscard]] Result<std::string> make_evidence(const StoredEvidence& stored, const std::vector<EvidenceLine>& lines, Timestamp made);

struct EvidenceCheck {
  std::vector<std::string> faults;  ///< none: all fits together
  std::string request;              ///< its id
  std::string state;
  std::size_t records = 0;
  audit::ChainHead newest;          ///< of the newest record in it
};
/// Whether the parts of a bundle fit together: request and its digest, cards and theirs, votes, execution and the records of the
/// log with their links. With the log's directory also: that the log is whole (and contains `anchor`), has these very records,
/// and no others about the request. bad_request: it is no bundle; audit_unavailable: the log cannot be read.
[[nodiscard]] Result<EvidenceCheck> check_evidence(std::string_view bundle, const std::optional<std::string>& directory,
                                                   const std::optional<audit::ChainHead>& anchor);

}  // namespace sluice::store
