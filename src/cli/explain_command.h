#pragma once

#include <string>

namespace sluice::cli {

struct ExplainOptions {
  std::string statement;
  std::string identity;
  std::string database;  ///< empty: the only one there is
  std::string config_path;
  std::string search_path;  ///< schemas, separated by commas; empty: public
  bool json = false;
};

/// Prints what would become of the statement. 0 allow, 10 mask, 20 hold, 30 deny, 1 an error.
int explain_statement(const ExplainOptions& options);

}  // namespace sluice::cli
