#include "sql/stored_code.h"

#include <algorithm>
#include <utility>

#include "sql/settings.h"

namespace sluice::sql {
namespace {

template <class T>
void merge(std::vector<T>& to, const std::vector<T>& from) {
  if (from.empty()) return;
  to.insert(to.end(), from.begin(), from.end());
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

/// Splits a list of identifiers as search_path has it; nothing: one of them depends on who asks.
std::optional<std::vector<std::string>> schemas_of(std::string_view path) {
  std::vector<std::string> schemas;
  std::string name;
  bool quoted = false;
  const auto finish = [&] {
    if (!name.empty() && name != "pg_temp") schemas.push_back(name);
    name.clear();
  };
  for (const char c : path) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      finish();
    } else if (quoted || (c != ' ' && c != '\t' && c != '\n')) {
      name += !quoted && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  finish();
  if (std::find(schemas.begin(), schemas.end(), "$user") != schemas.end()) return std::nullopt;
  return schemas;
}

}  // namespace

bool CodeEffect::empty() const { return unknown.empty() && relations.empty() && reads.empty() && writes.empty() && actions == 0; }

void CodeEffect::add(const CodeEffect& other) {
  merge(unknown, other.unknown);
  merge(reads, other.reads);
  merge(writes, other.writes);
  actions |= other.actions;
  if (other.relations.empty()) return;
  merge(relations, other.relations);
  std::vector<RelationAccess> merged;
  for (const RelationAccess& access : relations) {
    if (merged.empty() || merged.back().relation != access.relation) {
      merged.push_back(access);
      continue;
    }
    merged.back().reads |= access.reads;
    merged.back().inserts |= access.inserts;
    merged.back().updates |= access.updates;
    merged.back().deletes |= access.deletes;
  }
  relations = std::move(merged);
}

bool Routine::takes(std::size_t count) const {
  if (arguments < 0) return true;
  const auto given = static_cast<std::int64_t>(count);
  const std::int64_t least = std::int64_t{arguments} - defaults - (variadic ? 1 : 0);
  return given >= least && (variadic || given <= arguments);
}

const Routine* StoredCode::routine(Oid oid) const {
  const auto found = by_oid_.find(oid);
  return found == by_oid_.end() ? nullptr : &routines_[found->second];
}

std::vector<const Routine*> StoredCode::routines(std::string_view name) const {
  std::vector<const Routine*> found;
  const auto [first, last] = by_name_.equal_range(std::string(name));
  for (auto each = first; each != last; ++each) found.push_back(&routines_[each->second]);
  return found;
}

std::vector<const Routine*> StoredCode::routines(std::string_view schema, std::string_view name) const {
  auto found = routines(name);
  std::erase_if(found, [&](const Routine* routine) { return routine->schema != schema; });
  return found;
}

std::vector<const Routine*> StoredCode::of_operator(std::string_view name) const {
  std::vector<const Routine*> found;
  const auto [first, last] = operators_.equal_range(std::string(name));
  for (auto each = first; each != last; ++each) found.push_back(routine(each->second));
  return found;
}

std::vector<const Routine*> StoredCode::of_type(std::string_view name) const {
  std::vector<const Routine*> found;
  const auto [first, last] = types_.equal_range(std::string(name));
  for (auto each = first; each != last; ++each) found.push_back(routine(each->second));
  return found;
}

std::vector<const Routine*> StoredCode::of_type(Oid type) const {
  std::vector<const Routine*> found;
  const auto [first, last] = type_oids_.equal_range(type);
  for (auto each = first; each != last; ++each) found.push_back(routine(each->second));
  return found;
}

std::span<const CodeRoot> StoredCode::set_off(Oid relation, CodeEvent event) const {
  const auto found = events_.find({relation, event});
  if (found == events_.end()) return {};
  return found->second;
}

void CodeCollector::add(Routine routine, RoutineSource source) {
  by_oid_.insert_or_assign(routine.oid, routines_.size());
  routines_.push_back(std::move(routine));
  sources_.push_back(std::move(source));
}

void CodeCollector::add_setting(Oid routine, std::string_view name, std::string_view value) {
  const auto found = by_oid_.find(routine);
  if (found == by_oid_.end()) return;
  RoutineSource& source = sources_[found->second];
  if (name == "search_path") source.search_path = schemas_of(value);
  else if (!is_harmless_setting(name) && name != "work_mem" && !name.starts_with("enable_")) source.setting = name;
}

void CodeCollector::add_result_column(Oid routine, std::string name) {
  const auto found = by_oid_.find(routine);
  if (found != by_oid_.end()) routines_[found->second].result_columns.push_back(std::move(name));
}

}  // namespace sluice::sql
