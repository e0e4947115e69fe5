#include "sql/constraint_oracle.h"

#include <algorithm>
#include <vector>

#include "sql/foreign_keys.h"

namespace sluice::sql {
namespace {

using Attributes = std::vector<std::int16_t>;

constexpr int kDeepestInheritance = 64;

bool contains(const Attributes& attributes, std::int16_t attribute) {
  return std::find(attributes.begin(), attributes.end(), attribute) != attributes.end();
}

/// `test` of the relation or any of those whose rows it shows.
template <class Test>
bool any_descendant(const Relation& relation, const Catalog& catalog, const Test& test, int depth = 0) {
  if (test(relation)) return true;
  if (depth > kDeepestInheritance) return true;
  const auto children = catalog.children(relation.oid);
  return std::any_of(children.begin(), children.end(), [&](Oid child) {
    const Relation* inheritor = catalog.relation(child);
    return inheritor != nullptr && any_descendant(*inheritor, catalog, test, depth + 1);
  });
}

bool is_masked(const Relation& relation, std::int16_t attribute, const MaskSet& masks) {
  const Column* column = relation.column(attribute);
  return column != nullptr && masks.of(relation, *column) != nullptr;
}

/// A column of a relation that is written through another one, `named`, of whose columns it may be one.
bool is_masked(const Relation& written, std::int16_t attribute, const Relation& named, const MaskSet& masks) {
  if (is_masked(written, attribute, masks)) return true;
  const Column* column = written.column(attribute);
  const Column* same = column == nullptr ? nullptr : named.column(column->name);
  return same != nullptr && masks.of(named, *same) != nullptr;
}

/// Is this column among those, itself or as an input of a generated one?
bool concerns(const Attributes& set, const Relation& written, std::int16_t attribute) {
  return std::any_of(set.begin(), set.end(), [&](std::int16_t member) {
    const Column* column = written.column(member);
    return member == attribute || (column != nullptr && contains(column->generated_from, attribute));
  });
}

/// Computing a generated column may fail, and so tell of its inputs.
bool is_computed_with_masked(const Relation& written, std::int16_t attribute, const Relation& named, const MaskSet& masks) {
  return std::any_of(written.columns.begin(), written.columns.end(), [&](const Column& column) {
    return contains(column.generated_from, attribute) &&
           std::any_of(column.generated_from.begin(), column.generated_from.end(), [&](std::int16_t other) { return is_masked(written, other, named, masks); });
  });
}

bool ties_to_masked(const std::vector<Attributes>& sets, const Relation& written, std::int16_t attribute, const Relation& named, const MaskSet& masks) {
  return std::any_of(sets.begin(), sets.end(), [&](const Attributes& set) {
    return concerns(set, written, attribute) && std::any_of(set.begin(), set.end(), [&](std::int16_t other) { return is_masked(written, other, named, masks); });
  });
}

bool refers_to_masked(const Relation& relation, std::int16_t attribute, const MaskSet& masks, const Catalog& catalog) {
  return std::any_of(relation.foreign_keys.begin(), relation.foreign_keys.end(), [&](const ForeignKey& key) {
    const Relation* referenced = catalog.relation(key.referenced);
    return contains(key.columns, attribute) && referenced != nullptr &&
           std::any_of(key.referenced_columns.begin(), key.referenced_columns.end(),
                       [&](std::int16_t theirs) { return is_masked(*referenced, theirs, masks); });
  });
}

/// Does a masked column of any relation refer to this one (to this column, if it is given)?
bool masked_refers_to(const Relation& relation, const std::int16_t* attribute, const MaskSet& masks, const Catalog& catalog) {
  return std::any_of(masks.begin(), masks.end(), [&](const auto& mask) {
    const Relation* other = catalog.relation(mask.first.relation);
    return other != nullptr && std::any_of(other->foreign_keys.begin(), other->foreign_keys.end(), [&](const ForeignKey& key) {
      return key.referenced == relation.oid && contains(key.columns, mask.first.attribute) &&
             (attribute == nullptr || contains(key.referenced_columns, *attribute));
    });
  });
}

}  // namespace

bool tells_of_masked(const Relation& relation, const Column& column, bool insert, const MaskSet& masks, const Catalog& catalog) {
  const auto judged = [&](const Relation& written) {
    const Column* theirs = written.column(column.name);
    if (theirs == nullptr) return false;
    const std::int16_t attribute = theirs->attribute;
    const auto tied = [&](const std::vector<Attributes>& sets) { return ties_to_masked(sets, written, attribute, relation, masks); };
    return tied(written.unique_keys) || tied(written.conflict_keys) || (!insert && tied(written.checks)) || (!insert && is_computed_with_masked(written, attribute, relation, masks)) || refers_to_masked(written, attribute, masks, catalog) ||
           (!insert && masked_refers_to(written, &attribute, masks, catalog));
  };
  return any_descendant(relation, catalog, judged);
}

// Rows that refer to a deleted one are deleted with it, or changed, if their keys say so.
bool deletion_tells_of_masked(const Relation& relation, const MaskSet& masks, const Catalog& catalog) {
  if (masks.empty()) return false;
  std::vector<Oid> deleted{relation.oid};
  for (std::size_t i = 0; i < deleted.size(); ++i) {
    const Relation* each = catalog.relation(deleted[i]);
    if (each == nullptr) continue;
    if (masked_refers_to(*each, nullptr, masks, catalog)) return true;
    const auto add = [&](Oid oid) {
      if (std::find(deleted.begin(), deleted.end(), oid) == deleted.end()) deleted.push_back(oid);
    };
    for (const Oid child : catalog.children(each->oid)) add(child);
    for (const Oid oid : relations_referencing(catalog, each->oid)) {
      const Relation* referencing = catalog.relation(oid);
      for (const ForeignKey& key : referencing->foreign_keys) {
        if (key.referenced != each->oid) continue;
        if (key.on_delete == 'c') add(oid);
        const bool changes = key.on_delete == 'n' || key.on_delete == 'd';
        if (changes && std::any_of(key.columns.begin(), key.columns.end(), [&](std::int16_t attribute) {
              const Column* column = referencing->column(attribute);
              return column != nullptr && tells_of_masked(*referencing, *column, false, masks, catalog);
            })) {
          return true;
        }
      }
    }
  }
  return false;
}

}  // namespace sluice::sql
