#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sql/analysis.h"
#include "sql/catalog.h"
#include "sql/mask.h"

namespace sluice::sql {

/// The state of a session that decides what a name means.
struct NameContext {
  std::vector<std::string> search_path{"public"};  ///< schemas in effect, "$user" resolved, pg_catalog implied first
  std::string temporary_schema;                    ///< "pg_temp_3", or empty while the session has none
  std::vector<std::string> allowed_functions;      ///< "schema.name" of functions outside pg_catalog that may be called
  bool schema_changed = false;                     ///< by the session's own transaction: what the catalog says of code may be old

  friend bool operator==(const NameContext&, const NameContext&) = default;
};

/// Bounds that keep hostile statements from costing more than they should.
struct ParseLimits {
  std::size_t max_bytes = 1u << 20;
  int max_depth = 1000;  ///< nesting of expressions, FROM items and queries
};

/// Text that may go upstream in place of what the agent wrote. Only rewrite() makes one.
class UpstreamSql {
 public:
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// Turns a 1-based character position in text() into one in the agent's own text; 0 if it lies in
  /// something that Sluice wrote, but for names that it merely qualified.
  [[nodiscard]] int agent_position(int position) const;

 private:
  friend class Rewriter;
  UpstreamSql() = default;
  struct Edit {  // in characters, ascending
    int upstream_begin = 0;
    int upstream_end = 0;
    int agent_begin = 0;
    int agent_end = 0;
    bool mask = false;  // not merely a name written out
  };
  std::string text_;
  std::vector<Edit> edits_;
};

/// What analyse_text() knows of all statements of one text: the analyses, and where in the text every
/// name lies. Holds no pointer into the parser's memory; holds the catalog it was made from.
class AnalysedText {
 public:
  AnalysedText(AnalysedText&&) noexcept;
  AnalysedText& operator=(AnalysedText&&) noexcept;
  ~AnalysedText();

  [[nodiscard]] const std::vector<Analysis>& statements() const noexcept;  ///< empty for an empty query

 private:
  friend class Analyser;
  friend class Rewriter;
  struct State;
  explicit AnalysedText(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Parses `text` with PostgreSQL's grammar and resolves every name in it. What is not understood is an
/// error (not_supported, undefined_…, syntax_error …) with the position in characters. planned_in_parts: what
/// a name means in one statement depends on another one; split_text() first. Pure; needs
/// about 1 MiB of stack for limits.max_depth = 1000.
[[nodiscard]] Result<AnalysedText> analyse_text(std::string_view text, std::shared_ptr<const Catalog> catalog,
                                                const NameContext& names, const ParseLimits& limits = {});

/// Columns to replace wherever their values would be read: pairs sorted by column.
using Masks = std::vector<std::pair<ColumnId, MaskingFunction>>;

/// The text to send upstream: every relation name qualified, every masked column replaced at its
/// source by an expression of exactly its type. Parses its own output again and refuses if anything but
/// the intended changed. A write that depends on a masked value, or writes one, is refused (denied).
[[nodiscard]] Result<UpstreamSql> rewrite(const AnalysedText& analysed, std::string_view text, const Masks& masks);

}  // namespace sluice::sql
