#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/chain.h"
#include "audit/record.h"
#include "base/result.h"
#include "store/store.h"
#include "usage/usage_fold.h"

namespace sluice::store {

/// What many descriptions have in common, and the number that the store gave it.
struct KnownShape {
  usage::StatementShape shape;
  std::string bytes;    ///< usage::encode_shape() of it
  std::int64_t id = 0;  ///< 0: the store has not seen it yet
};

/// A statement_described record of the log, found again by its place there or in its journal.
struct Described {
  std::uint64_t sequence = 0;
  audit::Source source;
  std::shared_ptr<KnownShape> shape;
};

/// The store's side of the audit log: records born in the store, and usage counts made of the log. All calls
/// block and fail with store_unavailable.
class AuditStore {
 public:
  explicit AuditStore(Store& store) : store_(store) {}

  /// The journal that records of the outbox come from.
  [[nodiscard]] const std::string& outbox_journal() const noexcept { return store_.id(); }
  /// Records of the outbox after number `after`, oldest first, with their source; at most 1000.
  [[nodiscard]] Result<std::vector<audit::Record>> outbox(std::uint64_t after);
  /// Puts one record there that belongs to no other change.
  [[nodiscard]] Status enqueue(Timestamp at, const audit::Event& event);

  /// Up to where the log is contained in the counts.
  [[nodiscard]] Result<audit::ChainHead> folded();
  struct Batch {
    audit::ChainHead head;             ///< of the log, after the last record that is in this batch
    usage::UsageMap counts;            ///< to be added
    std::vector<Described> described;
    std::uint64_t outbox_done = 0;     ///< the log has these, durably
  };
  /// One transaction: each record of the log is counted exactly once, whenever the process dies.
  [[nodiscard]] Status fold(const Batch& batch);

  /// With a shape of its own, even if an equal one is in memory.
  [[nodiscard]] Result<std::optional<Described>> described(const audit::Source& source);
  [[nodiscard]] Result<std::optional<Described>> described(std::uint64_t sequence);
  /// Nobody will refer to descriptions of this journal any more.
  [[nodiscard]] Status forget_journal(const std::string& journal);

  [[nodiscard]] Result<usage::UsageReport> usage(const usage::UsageQuery& query);

 private:
  Store& store_;
};

/// The same from a store that is opened just to be read, while a gateway runs or not.
[[nodiscard]] Result<usage::UsageReport> read_usage(const Database& database, const usage::UsageQuery& query);

[[nodiscard]] usage::StatementShape shape_of(const audit::StatementFacts& facts);

}  // namespace sluice::store
