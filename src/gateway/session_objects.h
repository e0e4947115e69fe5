#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/planned_text.h"
#include "protocol/pending_replies.h"

namespace sluice::gateway {

/// A question of our own to the upstream, between two messages of the agent.
struct OwnQuestion {
  std::vector<std::vector<std::string>> rows;  ///< text format; NULL as ""
  std::string raw_rows;                        ///< DataRow messages as they came
  bool failed = false;                         ///< the upstream's error went to the agent
};

/// What the session remembers of a message that was sent upstream, until its reply is complete.
struct ReplyContext {
  /// A change of the session's names that takes effect when the upstream confirms it.
  enum class Change { none, define_statement, drop_statement, define_portal, drop_portal };
  Change change = Change::none;
  std::string name;
  std::shared_ptr<const PreparedStatement> statement;
  std::shared_ptr<const Portal> portal;
  std::shared_ptr<RunningText> running;    ///< Execute and Query
  std::shared_ptr<OwnQuestion> question;   ///< replies to swallow and to remember
  std::string error;                       ///< bytes that replace the upstream's error
  std::shared_ptr<const PlannedText> described;  ///< Describe: the text whose rows are told of
  bool part = false;                       ///< of a Query that runs in parts: the agent sees what a Query's answer has
  std::int32_t part_begins = 0;            ///< likewise: characters of the Query's text before this statement
  bool rows_are_late = false;              ///< likewise: told of only once the statement has run
  bool awaits_commit = false;              ///< likewise: completed only once the block around all is committed
  bool ends_block = false;                 ///< the end of that block

  [[nodiscard]] bool changes_statement() const noexcept { return change == Change::define_statement || change == Change::drop_statement; }
};

using Ledger = protocol::PendingReplies<ReplyContext>;

/// The session's prepared statements and portals. SQL and protocol share the names (manual, PREPARE and
/// DECLARE). What the upstream has confirmed is kept here; what is on its way is looked up in the ledger,
/// so that a pipeline that fails half-way leaves exactly what the upstream has.
class SessionObjects {
 public:
  [[nodiscard]] std::shared_ptr<const PreparedStatement> statement(std::string_view name, const Ledger& ledger) const;
  [[nodiscard]] std::shared_ptr<const Portal> portal(std::string_view name, const Ledger& ledger) const;

  /// The upstream confirmed the change.
  void confirm(const ReplyContext& context);

  void define_statement(std::string name, std::shared_ptr<const PreparedStatement> statement);
  void drop_statement(std::string_view name);  ///< empty: the unnamed one
  void drop_all_statements() { statements_.clear(); }
  void drop_named_statements();                ///< DEALLOCATE ALL and DISCARD ALL leave the unnamed one
  void define_portal(std::string name, std::shared_ptr<const Portal> portal);
  void drop_portal(std::string_view name);
  void drop_all_portals() { portals_.clear(); }
  /// The transaction ended: only cursors WITH HOLD live on.
  void transaction_ended();

  /// How many there are once everything that is on its way has succeeded; exact only from `enough` on.
  [[nodiscard]] std::size_t statement_count(const Ledger& ledger, std::size_t enough) const;
  [[nodiscard]] std::size_t portal_count(const Ledger& ledger, std::size_t enough) const;
  /// About how much memory a prepared statement with a text of `size` bytes takes: the text twice, since the
  /// plan may hold the only other copy of it, and some kilobytes of plan.
  [[nodiscard]] static constexpr std::size_t statement_bytes(std::size_t size) { return 2048 + 2 * size; }
  /// The sum over those that the upstream has confirmed; with the ledger, over those on their way too.
  [[nodiscard]] std::size_t statement_bytes() const noexcept { return statement_bytes_; }
  [[nodiscard]] std::size_t statement_bytes(const Ledger& ledger) const;

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using NameMap = std::unordered_map<std::string, std::shared_ptr<const T>, NameHash, std::equal_to<>>;

  std::size_t statement_bytes_ = 0;
  NameMap<PreparedStatement> statements_;
  NameMap<Portal> portals_;
};

}  // namespace sluice::gateway
