#include "approvals/comments.h"

#include <algorithm>

#include "sql/tokens.h"

namespace sluice::approvals {
namespace {

// What stands between two tokens is blanks and comments. A comment of several levels is one.
void add_comments(std::string_view text, std::size_t begin, std::size_t end, std::vector<Comment>& comments) {
  for (std::size_t at = begin; at < end;) {
    const std::string_view rest = text.substr(at, end - at);
    if (rest.starts_with("--")) {
      const std::size_t length = std::min(rest.find_first_of("\r\n"), rest.size());
      comments.push_back({at, at + length});
      at += length;
    } else if (rest.starts_with("/*")) {
      std::size_t depth = 0;
      std::size_t next = at;
      do {
        if (text.substr(next, 2) == "/*") {
          ++depth;
          next += 2;
        } else if (text.substr(next, 2) == "*/") {
          --depth;
          next += 2;
        } else {
          ++next;
        }
      } while (depth > 0 && next < end);
      comments.push_back({at, std::min(next, end)});
      at = next;
    } else {
      ++at;
    }
  }
}

}  // namespace

std::vector<Comment> comments_of(std::string_view statement) {
  std::vector<Comment> comments;
  const sql::Tokens tokens(statement);
  std::size_t from = 0;
  for (int i = 0; i < tokens.size(); ++i) {
    add_comments(statement, from, static_cast<std::size_t>(tokens[i].begin), comments);
    from = static_cast<std::size_t>(tokens[i].end);
  }
  add_comments(statement, from, statement.size(), comments);
  return comments;
}

}  // namespace sluice::approvals
