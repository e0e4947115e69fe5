#include "plan/plan_cache.h"

#include <functional>
#include <utility>

namespace sluice::plan {
namespace {

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  seed ^= value + 0x9e3779b97f4a7c15u + (seed << 12) + (seed >> 4);
  return seed * 0xff51afd7ed558ccdu;
}

std::uint64_t mix(std::uint64_t seed, std::string_view text) { return mix(seed, std::hash<std::string_view>{}(text)); }

std::size_t bytes_of(std::string_view text, const TextPlan& plan) {
  std::size_t bytes = 512 + text.size() + (plan.upstream ? plan.upstream->text().size() * 2 : 0);
  for (const StatementPlan& statement : plan.statements) {
    bytes += sizeof statement + statement.analysis.relations.size() * sizeof(sql::RelationAccess) +
             statement.analysis.uses.size() * sizeof(sql::ColumnUse) + statement.decision.reasons.size() * sizeof(RuleId) +
             statement.decision.obligations.size() * sizeof(policy::Obligation) + statement.row.size() * sizeof(RowField);
    for (const sql::OutputColumn& output : statement.analysis.outputs) {
      bytes += sizeof output + output.name.size() + output.flow.size() * sizeof(sql::FlowSource);
    }
  }
  return bytes;
}

}  // namespace

PlanScope::PlanScope(auth::Identity identity, DatabaseAlias database, sql::NameContext names, TextReading reading) {
  auto values = std::make_shared<Values>();
  std::uint64_t hash = mix(0, identity.id.text);
  hash = mix(hash, database.text);
  hash = mix(hash, names.temporary_schema);
  for (const std::string& schema : names.search_path) hash = mix(hash, schema);
  values->hash = hash;
  values->identity = std::move(identity);
  values->database = std::move(database);
  values->names = std::move(names);
  values->reading = reading;
  values_ = std::move(values);
}

struct PlanCache::Entry {
  std::uint64_t hash = 0;
  std::string text;
  PlanScope scope;
  std::shared_ptr<const TextPlan> plan;
  std::size_t bytes = 0;
  bool used = false;  // since the hand last passed
};

std::size_t PlanCache::Hash::operator()(const Entry* entry) const noexcept { return entry->hash; }

bool PlanCache::Equal::operator()(const Key& key, const Entry* entry) const noexcept {
  return key.hash == entry->hash && key.versions == entry->plan->versions && key.text == entry->text && *key.scope == entry->scope;
}

PlanCache::PlanCache(std::size_t max_entries, std::size_t max_bytes) : max_entries_(max_entries), max_bytes_(max_bytes) {
  slots_.reserve(max_entries);
  index_.reserve(max_entries);
}

PlanCache::~PlanCache() = default;

PlanCache::Key PlanCache::key_of(std::string_view text, const PlanScope& scope, SnapshotVersions versions) {
  const std::uint64_t hash = mix(mix(mix(scope.hash(), versions.catalog), versions.policy), text);
  return {text, &scope, versions, hash};
}

const std::shared_ptr<const TextPlan>* PlanCache::find(std::string_view text, const PlanScope& scope, SnapshotVersions versions) {
  const auto found = index_.find(key_of(text, scope, versions));
  if (found == index_.end()) {
    ++misses_;
    return nullptr;
  }
  ++hits_;
  (*found)->used = true;
  return &(*found)->plan;
}

void PlanCache::insert(std::string_view text, const PlanScope& scope, std::shared_ptr<const TextPlan> plan) {
  const Key key = key_of(text, scope, plan->versions);
  const std::size_t bytes = bytes_of(text, *plan);
  if (max_entries_ == 0 || bytes > max_bytes_ / 8) return;  // one giant must not drive out all others
  if (const auto found = index_.find(key); found != index_.end()) {
    bytes_ = bytes_ - (*found)->bytes + bytes;
    (*found)->plan = std::move(plan);
    (*found)->bytes = bytes;
    return;
  }
  while (slots_.size() >= max_entries_ || (bytes_ + bytes > max_bytes_ && !slots_.empty())) evict_one();
  slots_.push_back(std::make_unique<Entry>(Entry{key.hash, std::string(text), scope, std::move(plan), bytes, false}));
  index_.insert(slots_.back().get());
  bytes_ += bytes;
}

void PlanCache::clear() {
  index_.clear();
  slots_.clear();
  bytes_ = 0;
  hand_ = 0;
}

void PlanCache::evict_one() {
  while (true) {
    if (hand_ >= slots_.size()) hand_ = 0;
    Entry& entry = *slots_[hand_];
    if (!std::exchange(entry.used, false)) break;
    ++hand_;
  }
  Entry* victim = slots_[hand_].get();
  index_.erase(victim);
  bytes_ -= victim->bytes;
  // The last slot moves into the gap: the order on the clock's face matters little.
  std::swap(slots_[hand_], slots_.back());
  slots_.pop_back();
}

}  // namespace sluice::plan
