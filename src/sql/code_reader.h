#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/code_notes.h"
#include "sql/stored_code.h"

namespace sluice::sql {

class Catalog;

/// What one piece of stored code does by itself: what it calls and sets off is only noted.
struct ReadCode {
  CodeEffect effect;
  CodeNotes notes;
  std::vector<std::string> row_writes;  ///< fields of NEW that are given a value
  bool raises = false;                  ///< it sends messages
  unsigned events = 0;                  ///< of a trigger: bits of CodeEvent
  std::vector<std::string> arguments;   ///< of a trigger
};

/// Follows the body of a function in SQL or PL/pgSQL. An error's message goes on after "it": why the code cannot be followed.
[[nodiscard]] Result<ReadCode> read_routine(const RoutineSource& source, const Catalog& catalog);

/// A query that PostgreSQL wrote out: all that it reads.
[[nodiscard]] Result<ReadCode> read_query(std::string_view query, const Catalog& catalog);

/// As read_query(), but reads only what decides which rows the query returns, how many, and in which order.
[[nodiscard]] Result<ReadCode> read_choice(std::string_view query, const Catalog& catalog);

/// A trigger but for its function, from its definition.
[[nodiscard]] Result<ReadCode> read_trigger(std::string_view definition, const Catalog& catalog);

}  // namespace sluice::sql
