#include "sql/foreign_keys.h"

#include <algorithm>

namespace sluice::sql {

std::vector<Oid> relations_referencing(const Catalog& catalog, Oid referenced) {
  std::vector<Oid> found;
  catalog.for_each_relation([&](const Relation& relation) {
    const auto& keys = relation.foreign_keys;
    if (std::any_of(keys.begin(), keys.end(), [&](const ForeignKey& key) { return key.referenced == referenced; })) found.push_back(relation.oid);
  });
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace sluice::sql
