#pragma once

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sluice::protocol {

/// A message that was sent upstream and for which the upstream owes replies.
/// `copy_end` is CopyDone or CopyFail, which has no reply of its own but marks where COPY data end.
enum class Owed { parse, bind, describe_statement, describe_portal, execute, close, sync, query, function_call, copy_end };

/// What becomes of the replies.
enum class Fate {
  forward,        ///< they belong to the agent
  swallow,        ///< they answer a message of our own; an error goes to the agent all the same
  swallow_all,    ///< likewise, and so does an error
  replace_error,  ///< we made the upstream fail on purpose; its error is exchanged for ours
};

/// What to do with one message from the upstream.
enum class ReplyAction {
  forward,
  swallow,
  replace,  ///< send the error that the subject carries instead
};

/// The ledger of replies that the upstream owes, in order (manual section 55.2, "Message Flow"). It
/// knows when a reply is complete, what an error abandons, and that the upstream then skips everything
/// until Sync. `Context` travels with each entry and comes back with it.
///
/// The agent's side calls expect() for each message it sends upstream; the relay calls on_reply() for
/// each message that arrives.
template <class Context>
class PendingReplies {
 public:
  struct Entry {
    Owed owed = Owed::sync;
    Fate fate = Fate::forward;
    Context context{};
    bool failed = false;
    bool in_copy = false;  ///< a Sync that the upstream reads, and ignores, if it still reads COPY data
  };

  struct Event {
    ReplyAction action = ReplyAction::forward;
    Entry* subject = nullptr;  ///< whose reply this is; null for what comes unasked. Valid until the next call
    bool finished = false;     ///< the subject's replies are complete
  };

  /// Nothing is owed for certain. (After a COPY that failed it is not known which of the Syncs sent meanwhile
  /// were read as part of it.)
  [[nodiscard]] bool empty() const noexcept {
    return std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.in_copy || entry.owed == Owed::copy_end; });
  }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// How many entries would change a prepared statement's name: their contexts say so (changes_statement()).
  /// Without one, nobody need search entries() for it, which are many in a long pipeline.
  [[nodiscard]] std::size_t statement_changes() const noexcept { return statement_changes_; }
  [[nodiscard]] const std::deque<Entry>& entries() const noexcept { return entries_; }
  /// True while the upstream ignores everything up to the next Sync, which was not sent yet. The agent's
  /// messages other than Sync have no effect and must not be sent.
  [[nodiscard]] bool skipping() const noexcept { return skipping_; }
  /// True while the upstream reads CopyData from the agent.
  [[nodiscard]] bool copying_in() const noexcept { return copying_in_; }

  /// Likewise, and the agent has not said yet that it has sent all.
  [[nodiscard]] bool awaits_copy_data() const noexcept { return copying_in_ && !copy_end_sent_; }

  /// True once the agent has sent something into COPY data that does not belong there. If the upstream reads it
  /// there, it fails with protocol_violation and ends the session.
  [[nodiscard]] bool copy_interrupted() const noexcept { return copying_in_ && copy_interrupted_; }

  /// A message has been, or is just about to be, sent upstream.
  void expect(Entry entry) {
    if (entry.owed == Owed::sync) {
      entry.in_copy = awaits_copy_data() && !copy_interrupted_;
      if (!entry.in_copy) skipping_ = false;
    } else if (awaits_copy_data()) {
      copy_interrupted_ = true;
    }
    statement_changes_ += changes_statement(entry);
    entries_.push_back(std::move(entry));
  }

  /// The agent sent CopyDone or CopyFail. Where no COPY is under way yet, one may begin with what is already
  /// on its way; else the upstream ignores it.
  void copy_ended() {
    if (awaits_copy_data()) {
      copy_end_sent_ = true;
    } else if (!empty()) {
      entries_.push_back({Owed::copy_end, Fate::forward, {}});
    }
  }

  /// A message of `type` arrived from the upstream. protocol_violation: it answers nothing that was
  /// asked; the connection cannot be trusted any more. Entries that an error made void are moved to
  /// `abandoned`, in order.
  [[nodiscard]] Result<Event> on_reply(char type, std::vector<Entry>& abandoned) {
    if (type == 'N' || type == 'A' || type == 'S') return unasked(type);
    while (!entries_.empty() && (entries_.front().owed == Owed::copy_end || (type != 'Z' && entries_.front().in_copy))) entries_.pop_front();
    if (entries_.empty()) {
      // Only an error that ends the connection may come without a question.
      if (type == 'E') return Event{};
      return violation();
    }
    Entry& head = entries_.front();
    if (type == 'E') return on_error(head, abandoned);
    SLUICE_TRY(finished, advances(head.owed, type));
    // What was made to fail must have failed before anything else comes of it.
    if (head.fate == Fate::replace_error && !head.failed) return violation();
    const ReplyAction action = is_swallowed(head.fate) ? ReplyAction::swallow : ReplyAction::forward;
    if (type == 'G') begin_copy_in();
    if (type == 'C' && copying_in_) forget_syncs_in_copy();
    if (type == 'Z') skipping_ = false;
    if (finished || type == 'C') copying_in_ = false;
    return event(finished, action);  // `head` may have moved
  }

 private:
  static Error violation() { return make_error(ErrorKind::protocol_violation, "unexpected message from the upstream server"); }

  static std::size_t changes_statement(const Entry& entry) {
    if constexpr (requires { entry.context.changes_statement(); }) return entry.context.changes_statement() ? 1 : 0;
    return 0;
  }

  static bool is_swallowed(Fate fate) { return fate == Fate::swallow || fate == Fate::swallow_all; }

  Event event(bool finished, ReplyAction action) {
    if (!finished) return Event{action, &entries_.front(), false};
    statement_changes_ -= changes_statement(entries_.front());
    finished_ = std::move(entries_.front());  // kept so that the caller may look at it
    entries_.pop_front();
    while (!entries_.empty() && entries_.front().owed == Owed::copy_end) entries_.pop_front();
    // One answer less is to come, but whose it was is not known.
    if (finished_.in_copy) {
      const auto certain = std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.in_copy; });
      if (certain != entries_.end() && certain->owed == Owed::sync) certain->in_copy = true;
    }
    return Event{action, &finished_, true};
  }

  Result<Event> unasked(char type) {
    // Notices raised by a message of ours would puzzle the agent; settings and notifications are its own.
    const bool ours = type == 'N' && !entries_.empty() && entries_.front().fate != Fate::forward;
    return Event{ours ? ReplyAction::swallow : ReplyAction::forward, nullptr, false};
  }

  Result<Event> on_error(Entry& head, std::vector<Entry>& abandoned) {
    copying_in_ = false;
    head.failed = true;
    const ReplyAction action = head.fate == Fate::replace_error ? ReplyAction::replace
                               : head.fate == Fate::swallow_all ? ReplyAction::swallow
                                                                : ReplyAction::forward;
    // After an error a simple Query, a FunctionCall and a Sync still end with ReadyForQuery.
    if (head.owed == Owed::query || head.owed == Owed::function_call || head.owed == Owed::sync) return event(false, action);
    const auto is_sync = [](const Entry& entry) { return entry.owed == Owed::sync; };
    const auto sync = std::find_if(entries_.begin() + 1, entries_.end(), is_sync);
    skipping_ = std::none_of(sync, entries_.end(), [&](const Entry& entry) { return is_sync(entry) && !entry.in_copy; });
    for (auto entry = entries_.begin() + 1; entry != sync; ++entry) statement_changes_ -= changes_statement(*entry);
    std::move(entries_.begin() + 1, sync, std::back_inserter(abandoned));
    entries_.erase(entries_.begin() + 1, sync);
    return event(true, action);
  }

  // Whatever was sent before this answer came is read as part of the COPY, up to its end.
  void begin_copy_in() {
    copying_in_ = true;
    copy_end_sent_ = false;
    copy_interrupted_ = false;
    for (auto entry = entries_.begin() + 1; entry != entries_.end(); ++entry) {
      if (entry->owed == Owed::copy_end) {
        copy_end_sent_ = true;
        entries_.erase(entry);
        return;
      }
      if (entry->owed != Owed::sync) {
        copy_interrupted_ = true;
        return;
      }
      entry->in_copy = true;
    }
  }

  // The upstream has read the COPY to its end, and ignored these.
  void forget_syncs_in_copy() {
    const auto end = std::find_if(entries_.begin() + 1, entries_.end(), [](const Entry& entry) { return !entry.in_copy; });
    entries_.erase(entries_.begin() + 1, end);
  }

  // True: the reply is complete with this message.
  static Result<bool> advances(Owed owed, char type) {
    switch (owed) {
      case Owed::parse: return expect_one(type, "1");
      case Owed::bind: return expect_one(type, "2");
      case Owed::close: return expect_one(type, "3");
      case Owed::sync: return expect_one(type, "Z");
      case Owed::describe_portal: return expect_one(type, "Tn");
      case Owed::describe_statement: return type == 't' ? Result<bool>(false) : expect_one(type, "Tn");
      case Owed::execute: return among(type, "DGHdc") ? Result<bool>(false) : expect_one(type, "CIs");
      case Owed::query: return among(type, "TDCIGHWdc") ? Result<bool>(false) : expect_one(type, "Z");
      case Owed::function_call: return type == 'V' ? Result<bool>(false) : expect_one(type, "Z");
      case Owed::copy_end: return violation();
    }
    return violation();
  }
  static bool among(char type, const char* types) {
    for (; *types != '\0'; ++types) {
      if (*types == type) return true;
    }
    return false;
  }
  static Result<bool> expect_one(char type, const char* types) {
    if (among(type, types)) return true;
    return violation();
  }

  std::deque<Entry> entries_;
  Entry finished_{};
  bool skipping_ = false;
  bool copying_in_ = false;
  bool copy_end_sent_ = false;
  bool copy_interrupted_ = false;
  std::size_t statement_changes_ = 0;
};

}  // namespace sluice::protocol
