#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/mask_set.h"
#include "sql/splice.h"
#include "sql/text_sites.h"
#include "sql/tokens.h"

namespace sluice::sql {

/// Turns the sites of one text into edits: names pinned, masked relations replaced by subqueries that show
/// masks, writes that touch masked columns refused.
class TextRewriter {
 public:
  TextRewriter(const TextSites& sites, std::string_view text, const MaskSet& masks)
      : sites_(sites), text_(text), masks_(masks), tokens_(text) {}

  [[nodiscard]] Result<std::vector<Edit>> edits() &&;

 private:
  // relations, in source_rewrite.cpp
  Status source(const RelationSite& site, const Relation& relation);
  Result<std::string> moved_sample(const RelationSite& site);
  Status copied_table(const RelationSite& site, const Relation& relation);
  Status pin(const RelationSite& site, const Relation& relation);
  Result<std::string> masked_rows(const RelationSite& site, const Relation& relation, std::string_view sample,
                                  const std::vector<std::string>& columns, bool only) const;
  [[nodiscard]] bool reaches_mask(const RelationSite& site, const Relation& relation) const;
  [[nodiscard]] bool reaches_mask(const RelationSite& site) const;

  // writes, in write_rewrite.cpp
  Status written_relation(const RelationSite& site, const Relation& named) const;
  Status written_table(const RelationSite& site, const Relation& relation) const;
  Status written_view(const Relation& named, const ViewText& view) const;
  [[nodiscard]] bool is_masked(const RelationSite& site, const Relation& relation, const Column& column) const;
  Status returned_through_view(const Relation& view) const;
  Status written_column(const WriteSite& site) const;
  Status column(const ColumnSite& site);
  [[nodiscard]] bool lies_by_masked(const Relation& relation) const;
  Status returning_column(const ColumnSite& site, const RelationSite& target, const Relation& relation);
  Status returning_star(const ReturningStar& star);
  void returning_name(const ReturningSite& site);
  Result<std::string> masked_columns(const RelationSite& target, const Relation& relation, bool named = true) const;

  // the rest, in text_rewriter.cpp
  Status group(const GroupSite& site);
  Status function(const FunctionSite& site);
  Status size(const SizeSite& site);  ///< in size_rewrite.cpp
  Status explain(const ExplainSite& site);

  [[nodiscard]] const Relation* relation_of(const RelationSite& site) const { return sites_.catalog->relation(site.relation); }
  Result<std::pair<int, int>> name_tokens(int location, int fields) const;
  Result<std::pair<int, int>> relation_name(int location) const;  ///< however many parts it has
  void edit(int first_token, int last_token, std::string replacement, bool mask = false);
  void insert(int byte, std::string inserted);

  const TextSites& sites_;
  std::string_view text_;
  const MaskSet& masks_;
  Tokens tokens_;
  std::vector<Edit> edits_;
  std::vector<int> masked_returnings_;  // bytes of columns that RETURNING shows masked
};

}  // namespace sluice::sql
