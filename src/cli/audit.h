#pragma once

#include <cstddef>
#include <string>

namespace sluice::cli {

struct AuditVerifyOptions {
  std::string directory;
  std::string anchor;  ///< "SEQUENCE:DIGEST" as an earlier verification printed it; empty: none
  std::string evidence;  ///< file of `sluice approvals evidence`; empty: the whole log is verified
};
/// With evidence: whether its parts fit together and, if there is a directory, whether the log says the same.
/// 0: every record is as it was written. 2: one is not; prints which, and where. 1: could not be checked.
int audit_verify(const AuditVerifyOptions& options);

struct AuditShowOptions {
  std::string directory;
  std::size_t last = 20;  ///< how many records; 0: all
};
/// Prints the last records, one line each. 0, or 1 if it failed.
int audit_show(const AuditShowOptions& options);

}  // namespace sluice::cli
