#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "sql/analyse.h"

struct RawStmt;
struct List;

namespace sluice::sql {

/// Where one statement lies in its text, in bytes; without the semicolon.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t size = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// Owner of PostgreSQL's raw parse tree of one text. libpg_query keeps its memory per thread: must die on
/// the thread that parsed it. Several may be alive at once, in any order.
class ParsedText {
 public:
  /// Bounded: a text of more than limits.max_bytes is statement_too_large; one whose tree nests more than
  /// limits.max_depth nodes is statement_too_complex, so that walkers may recurse; NUL or invalid UTF-8 is
  /// invalid_text_encoding. The text is copied for the parser and need not outlive the call.
  [[nodiscard]] static Result<ParsedText> parse(std::string_view text, const ParseLimits& limits);

  ParsedText(ParsedText&& other) noexcept;
  ParsedText& operator=(ParsedText&& other) noexcept;
  ~ParsedText();

  [[nodiscard]] std::size_t size() const noexcept;  ///< number of statements; 0 for an empty query
  [[nodiscard]] const RawStmt* statement(std::size_t index) const;
  [[nodiscard]] ByteRange range(std::size_t index) const;

 private:
  ParsedText(void* context, const List* tree, std::size_t text_size) : context_(context), tree_(tree), text_size_(text_size) {}
  void release() noexcept;

  void* context_ = nullptr;  // MemoryContext
  const List* tree_ = nullptr;
  std::size_t text_size_ = 0;
};

}  // namespace sluice::sql
