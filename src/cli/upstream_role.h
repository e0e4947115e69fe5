#pragma once

#include <string>

namespace sluice::cli {

struct UpstreamRoleOptions {
  std::string config_path;
  std::string database;  ///< empty: the only one there is
  std::string role;      ///< empty: the one that the configuration logs in with
  bool print_sql = false;
};

/// Prints what the role may do that it should not or, with print_sql, the DDL that leaves it with what is needed.
/// 0, 2 if there is something grave, 1 an error.
int upstream_role(const UpstreamRoleOptions& options);

}  // namespace sluice::cli
