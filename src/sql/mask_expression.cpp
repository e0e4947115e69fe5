#include "sql/mask_expression.h"

#include <algorithm>
#include <array>
#include <variant>

#include "sql/mask_ranges.h"
#include "sql/quote.h"

namespace sluice::sql {
namespace {

// Types that the grammar itself knows under these words; they cannot be qualified, nor shadowed.
constexpr std::array<std::string_view, 14> kGrammarTypes{"bigint", "bit",     "boolean", "char",     "character", "dec",  "decimal",
                                                         "double", "integer", "interval", "numeric", "real",      "smallint", "time"};

bool named_by_grammar(std::string_view type) {
  const std::string_view word = type.substr(0, std::min(type.find_first_of(" (["), type.size()));
  return word == "timestamp" || std::find(kGrammarTypes.begin(), kGrammarTypes.end(), word) != kGrammarTypes.end();
}

bool has_qualifier(std::string_view type) {
  bool quoted = false;
  for (const char c : type) {
    if (c == '"') quoted = !quoted;
    if (c == '.' && !quoted) return true;
  }
  return false;
}

bool is_text(const Column& column) { return column.type_category == 'S' && column.type_kind == 'b'; }

class MaskWriter {
 public:
  MaskWriter(const Relation& relation, const Column& column, std::string_view qualifier, const MaskSet& masks)
      : relation_(relation), column_(column), qualifier_(qualifier), masks_(masks), type_(pinned_type(column.type_name)) {}

  // An element that is not there is NULL of the domain without being cast to it: what NOT NULL and checks say is not asked.
  std::string operator()(const NullMask&) const {
    if (column_.type_kind == 'd') return "(('{}'::" + type_ + "[])[1])";
    return "(NULL::" + type_ + ")";
  }

  std::string operator()(const ConstantMask& mask) const { return "(" + quoted_text(mask.text) + "::" + type_ + ")"; }

  std::string operator()(const TokenMask& mask) const {
    const auto& key = relation_.primary_key;
    const bool clear = std::all_of(key.begin(), key.end(), [this](std::int16_t attribute) {
      const Column* part = relation_.column(attribute);
      return part != nullptr && masks_.of(relation_, *part) == nullptr;
    });
    if (!is_text(column_) || key.empty() || !clear) return (*this)(NullMask{});
    std::string out = "(pg_catalog.concat(" + quoted_text(mask.prefix);
    for (std::size_t i = 0; i < key.size(); ++i) out += (i == 0 ? ", " : ", '-', ") + name(*relation_.column(key[i]));
    return out + ")::" + type_ + ")";
  }

  // A NULL stays NULL; documented, for the mask shows part of the value anyway.
  std::string operator()(const PartialMask& mask) const {
    if (!is_text(column_)) return (*this)(NullMask{});
    std::string fill;
    for (int i = 0; i < mask.fill_count; ++i) fill += mask.fill;
    fill = quoted_text(fill);
    const std::string value = name(column_) + "::pg_catalog.text";
    const int shortest = mask.keep_first + mask.keep_last + std::max<int>(mask.fill_count, 1);
    return "((CASE WHEN " + name(column_) + " IS NULL THEN NULL WHEN pg_catalog.length(" + value + ") OPERATOR(pg_catalog.<) " +
           std::to_string(shortest) + " THEN " + fill + " ELSE pg_catalog.concat(pg_catalog.\"left\"(" + value + ", " +
           std::to_string(mask.keep_first) + "), " + fill + ", pg_catalog.\"right\"(" + value + ", " +
           std::to_string(mask.keep_last) + ")) END)::" + type_ + ")";
  }

  std::string operator()(const EmailMask&) const {
    if (!is_text(column_)) return (*this)(NullMask{});
    const std::string domain = "pg_catalog.\"substring\"(" + name(column_) + "::pg_catalog.text, '@[A-Za-z0-9.-]+$')";
    return unless_null("pg_catalog.concat('***', " + domain + ")");
  }

  std::string operator()(const DateMask& mask) const {
    const auto value = date_mask_value(column_, name(column_), mask);
    return value ? unless_null(*value) : (*this)(NullMask{});
  }

  std::string operator()(const BucketMask& mask) const {
    const auto value = bucket_mask_value(column_, name(column_), mask);
    return value ? unless_null(*value) : (*this)(NullMask{});
  }

  std::string operator()(const PseudonymMask& mask) const {
    if (!is_text(column_)) return (*this)(NullMask{});
    const std::string keyed = "pg_catalog.concat(" + quoted_text(mask.key) + ", " + name(column_) + "::pg_catalog.text)";
    const std::string hash = "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(" + keyed + ", 'UTF8')), 'hex')";
    return unless_null("pg_catalog.concat(" + quoted_text(mask.prefix) + ", pg_catalog.\"left\"(" + hash + ", 16))");
  }

 private:
  std::string unless_null(const std::string& value) const {
    return "((CASE WHEN " + name(column_) + " IS NULL THEN NULL ELSE " + value + " END)::" + type_ + ")";
  }
  std::string name(const Column& column) const {
    return (qualifier_.empty() ? "" : quoted_name(qualifier_) + ".") + quoted_name(column.name);
  }

  const Relation& relation_;
  const Column& column_;
  std::string_view qualifier_;
  const MaskSet& masks_;
  std::string type_;
};

}  // namespace

std::string pinned_type(std::string_view type_name) {
  if (named_by_grammar(type_name) || has_qualifier(type_name)) return std::string(type_name);
  return "pg_catalog." + std::string(type_name);
}

Result<std::string> mask_expression(const Relation& relation, const Column& column, const MaskingFunction& function,
                                    std::string_view qualifier, const MaskSet& masks) {
  const MaskWriter write(relation, column, qualifier, masks);
  // A domain's checks could reject any mask but NULL, and run functions of the database's users.
  if (column.type_kind == 'd') return write(NullMask{});
  return std::visit(write, function);
}

}  // namespace sluice::sql
