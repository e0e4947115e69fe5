#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::sql {

/// A piece of SQL in a PL/pgSQL function, as a statement of its own. Names that are no columns are variables.
struct PlpgsqlQuery {
  std::string text;
  std::string row_field;  ///< NEW.field := …: the field
};

struct PlpgsqlBody {
  std::vector<PlpgsqlQuery> queries;     ///< all that can run
  std::vector<std::string> types;        ///< of variables, as written
  bool raises = false;                   ///< RAISE or ASSERT
  bool handles_errors = false;           ///< has an EXCEPTION clause
  bool assigns_row = false;              ///< NEW or OLD as a whole, or one of their fields by INTO, is given a value
};

/// Reads the body of a PL/pgSQL function by the rules of its grammar. What is not understood, and what is not SQL until it
/// runs (EXECUTE, OPEN … FOR EXECUTE), is an error whose message says what it is. Bounded: nests 100 blocks at most.
[[nodiscard]] Result<PlpgsqlBody> read_plpgsql(std::string_view body);

}  // namespace sluice::sql
