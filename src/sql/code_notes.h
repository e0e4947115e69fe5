#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "sql/stored_code.h"

namespace sluice::sql {

/// What the walk of a query in stored code finds that belongs to no Analysis.
struct CodeNotes {
  std::vector<Oid> calls;                            ///< routines that may be meant
  std::vector<std::pair<Oid, CodeEvent>> sets_off;   ///< what is done to relations on which code may hang
  std::vector<std::pair<Oid, Oid>> same_name;        ///< a relation that was taken, another one that may be meant
  std::vector<std::string> row_fields;               ///< of NEW and OLD
  std::vector<std::string> compared_fields;          ///< of NEW only with the same field of OLD
  bool whole_row = false;
  bool compares_rows = false;                        ///< NEW with OLD
};

}  // namespace sluice::sql
