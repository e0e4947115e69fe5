#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::sql {

/// Bytes [begin, end) of a text are to become `text`; begin == end inserts.
struct Edit {
  int begin = 0;
  int end = 0;
  std::string text;
  bool mask = false;  ///< it reads a relation with masked columns, and shows masks of them
  friend bool operator==(const Edit&, const Edit&) = default;
};

/// Where an edit went.
struct Spliced {
  std::string text;
  struct Place {
    std::size_t begin = 0;  ///< in the new text
    std::size_t end = 0;
    Edit edit;
  };
  std::vector<Place> places;  ///< ascending
};

/// Applies the edits, in any order; identical ones count once. Ones that overlap are an error (internal).
[[nodiscard]] Result<Spliced> splice(std::string_view text, std::vector<Edit> edits);

}  // namespace sluice::sql
