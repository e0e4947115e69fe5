#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"

namespace sluice::store {

/// A line of the audit log, with the digest that it is linked to.
struct EvidenceLine {
  std::uint64_t sequence = 0;
  Digest previous{};
  std::string line;
};

/// All that the log of a directory says about an approval request: records that name it, the statement that ran by it, its
/// description, and the publication of the policy's version; in order. Reads whole files and blocks: for a thread of its own.
/// `created`: of the request. What lies in files that were moved away is missing.
[[nodiscard]] Result<std::vector<EvidenceLine>> lines_about(const std::string& directory, const RequestId& request, Timestamp created,
                                                            std::uint64_t policy_version);

}  // namespace sluice::store
