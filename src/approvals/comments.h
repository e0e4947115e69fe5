#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::approvals {

/// A comment of a statement, by its bytes.
struct Comment {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< a line comment ends before its line end
};

/// The comments of a statement that PostgreSQL's grammar accepts, in order.
[[nodiscard]] std::vector<Comment> comments_of(std::string_view statement);

}  // namespace sluice::approvals
