#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "auth/identity.h"
#include "plan/plan_statement.h"
#include "plan/statement_plan.h"
#include "sql/analyse.h"

namespace sluice::plan {

/// What the plans of one session depend on besides the text: who, where, and what names mean. A session
/// makes it once, and again whenever its NameContext changes; sessions with equal scopes share plans.
class PlanScope {
 public:
  PlanScope(auth::Identity identity, DatabaseAlias database, sql::NameContext names, TextReading reading = {});

  [[nodiscard]] const auth::Identity& identity() const noexcept { return values_->identity; }
  [[nodiscard]] const DatabaseAlias& database() const noexcept { return values_->database; }
  [[nodiscard]] const sql::NameContext& names() const noexcept { return values_->names; }
  [[nodiscard]] TextReading reading() const noexcept { return values_->reading; }
  [[nodiscard]] std::uint64_t hash() const noexcept { return values_->hash; }
  friend bool operator==(const PlanScope& a, const PlanScope& b) { return a.values_ == b.values_ || *a.values_ == *b.values_; }

 private:
  friend class PlanCache;
  struct Values {
    std::uint64_t hash = 0;
    auth::Identity identity;
    DatabaseAlias database;
    sql::NameContext names;
    TextReading reading;
    friend bool operator==(const Values&, const Values&) = default;
  };
  std::shared_ptr<const Values> values_;
};

/// The plans that one worker made, for the next time the same text comes from the same kind of session.
/// Bounded by entries and by bytes; what was not used for a round of the clock's hand goes first. Plans of
/// older snapshots are never found and go the same way. Belongs to one thread.
class PlanCache {
 public:
  PlanCache(std::size_t max_entries, std::size_t max_bytes);
  ~PlanCache();
  PlanCache(const PlanCache&) = delete;
  PlanCache& operator=(const PlanCache&) = delete;

  /// The plan, or nullptr. Allocates nothing. The pointer is good until the next insert().
  [[nodiscard]] const std::shared_ptr<const TextPlan>* find(std::string_view text, const PlanScope& scope, SnapshotVersions versions);
  /// Keeps a plan of `text`, unless it alone is too big. `plan->versions` must be those of the snapshot that made it.
  void insert(std::string_view text, const PlanScope& scope, std::shared_ptr<const TextPlan> plan);
  void clear();

  [[nodiscard]] std::size_t entries() const noexcept { return slots_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t hits() const noexcept { return hits_; }
  [[nodiscard]] std::uint64_t misses() const noexcept { return misses_; }

 private:
  struct Key {
    std::string_view text;
    const PlanScope* scope = nullptr;
    SnapshotVersions versions;
    std::uint64_t hash = 0;
  };
  struct Entry;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const noexcept { return key.hash; }
    std::size_t operator()(const Entry* entry) const noexcept;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Key& key, const Entry* entry) const noexcept;
    bool operator()(const Entry* entry, const Key& key) const noexcept { return (*this)(key, entry); }
    bool operator()(const Entry* a, const Entry* b) const noexcept { return a == b; }
  };

  static Key key_of(std::string_view text, const PlanScope& scope, SnapshotVersions versions);
  void evict_one();

  const std::size_t max_entries_;
  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::vector<std::unique_ptr<Entry>> slots_;            // the clock's face
  std::size_t hand_ = 0;
  std::unordered_set<Entry*, Hash, Equal> index_;
};

}  // namespace sluice::plan
