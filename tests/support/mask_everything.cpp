#include "support/mask_everything.h"

#include <algorithm>

#include "sql/analyse.h"
#include "sql/parse.h"
#include "sql/storage_use.h"

namespace sluice::test {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace)

Masks mask_all(const Catalog& catalog, const MaskingFunction& mask) {
  Masks masks;
  catalog.for_each_relation([&](const Relation& relation) {
    if (relation.system) return;
    for (const Column& column : relation.columns) masks.emplace_back(ColumnId{relation.oid, column.attribute}, mask);
  });
  std::sort(masks.begin(), masks.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return masks;
}

std::string name_of(const Catalog& catalog, ColumnId id) {
  const Relation* relation = catalog.relation(id.relation);
  const Column* column = relation == nullptr ? nullptr : relation->column(id.attribute);
  return (relation == nullptr ? "?" : relation->schema + "." + relation->name) + "." + (column == nullptr ? std::to_string(id.attribute) : column->name);
}

/// A column of a user's relation; system relations are not masked.
bool is_masked(const Catalog& catalog, ColumnId id) {
  if (id == kStorageOfAnyRelation) return false;
  const Relation* relation = catalog.relation(id.relation);
  return relation == nullptr || (!relation->system && id.attribute > 0);
}

std::string first_read(const Analysis& analysis, const Catalog& catalog) {
  for (const ColumnUse& use : analysis.uses) {
    if (use.column == kStorageOfAnyRelation) continue;  // asks for no value; which relations it is asked of is in the text
    if (use.use != Use::write_target && is_masked(catalog, use.column)) return std::string(to_text(use.use)) + " of " + name_of(catalog, use.column);
  }
  for (const OutputColumn& output : analysis.outputs) {
    for (const FlowSource& source : output.flow) {
      if (is_masked(catalog, source.column)) return "output of " + name_of(catalog, source.column);
    }
  }
  return {};
}

}  // namespace

std::string first_unmasked_read(std::string_view text, const std::shared_ptr<const Catalog>& catalog) {
  auto analysed = analyse_text(text, catalog, {});
  if (!analysed.ok()) return {};
  for (const MaskingFunction& mask : {MaskingFunction(ConstantMask{"x"}), MaskingFunction(TokenMask{"tok-"}), MaskingFunction(PartialMask{1, 1, "*", 4})}) {
    auto masked = rewrite(*analysed, text, mask_all(*catalog, mask));
    if (masked.ok() && !ParsedText::parse(masked->text(), {.max_bytes = std::size_t{1} << 26}).ok()) return "does not parse: " + masked->text();
  }
  auto pinned = rewrite(*analysed, text, {});
  if (pinned.ok() && !ParsedText::parse(pinned->text(), {.max_bytes = std::size_t{1} << 26}).ok()) return "does not parse: " + pinned->text();

  auto masked = rewrite(*analysed, text, mask_all(*catalog, NullMask{}));
  if (!masked.ok()) return {};
  // Every name must be pinned, but for those of COMMENT and its kin, which stand nowhere in the parse tree.
  NameContext nowhere;
  const bool definition = analysed->statements().size() == 1 && analysed->statements()[0].kind == StatementKind::ddl;
  if (!definition) nowhere.search_path.clear();
  auto again = analyse_text(masked->text(), catalog, nowhere, {.max_bytes = std::size_t{1} << 26, .max_depth = 2000});
  if (!again.ok()) return "cannot be analysed again: " + again.error().message + ": " + masked->text();
  for (const Analysis& analysis : again->statements()) {
    if (const std::string read = first_read(analysis, *catalog); !read.empty()) return read + ": " + masked->text();
  }
  return {};
}

}  // namespace sluice::test
