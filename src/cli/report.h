#pragma once

#include <string>
#include <vector>

namespace sluice::cli {

struct ReportUsageOptions {
  std::string config_path;             ///< says where the store is
  std::string from;                    ///< "2026-01-31" or RFC 3339; empty: since the beginning
  std::string to;                      ///< exclusive; empty: until now
  std::string identity;                ///< empty: all
  std::string database;
  std::string tag;
  std::vector<std::string> group_by{"identity"};
  std::string format = "table";        ///< or csv, json
};

/// Prints who used how much of what, read from the store while the gateway runs or not. 0, or 1 if it failed.
int report_usage(const ReportUsageOptions& options);

}  // namespace sluice::cli
