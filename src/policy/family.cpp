#include "policy/family.h"

#include <unordered_set>

namespace sluice::policy {
namespace {

template <class NextOf>
std::vector<Oid> closure(Oid start, NextOf next_of) {
  std::vector<Oid> found;
  std::unordered_set<Oid> seen;  // a table may have thousands of partitions
  const auto add = [&](Oid oid) {
    if (oid != start && seen.insert(oid).second) found.push_back(oid);
  };
  for (const Oid oid : next_of(start)) add(oid);
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Oid oid : next_of(found[i])) add(oid);
  }
  return found;
}

}  // namespace

std::vector<Oid> ancestors_of(Oid relation, const sql::Catalog& catalog) {
  return closure(relation, [&](Oid oid) {
    const sql::Relation* found = catalog.relation(oid);
    return found == nullptr ? std::vector<Oid>{} : found->parents;
  });
}

std::vector<Oid> descendants_of(Oid relation, const sql::Catalog& catalog) {
  return closure(relation, [&](Oid oid) { return catalog.children(oid); });
}

}  // namespace sluice::policy
