#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "approvals/request.h"

namespace sluice::approvals {

/// What happened before to statements of the same shape by the same requester.
struct CardHistory {
  std::optional<Vote> last_decision;  ///< on this shape
  std::uint32_t denials_last_hour = 0;  ///< of this requester's requests
};

/// How much of a statement a channel shows.
enum class StatementShown {
  full,
  without_values,  ///< its literals are withheld
  fingerprint,     ///< only what tells equal shapes from others
  nothing,
};

/// What a channel may show. A channel that shows less than everything offers no approval.
struct CardLimits {
  std::set<std::string> disclosed_tags;     ///< parameters and literals of a statement that compares or writes columns with other tags are withheld
  bool disclose_all = false;                ///< the channel is Sluice's own: every tag may be shown
  std::size_t statement_characters = 2500;  ///< of the visible form
  std::size_t parameter_characters = 500;   ///< of each
  std::size_t parameters = 20;
  std::size_t columns = 20;
  std::size_t objects = 20;
  std::size_t comment_characters = 80;      ///< a longer comment, and one of several lines, becomes a count
  StatementShown statement = StatementShown::full;  ///< at most
};

/// Nothing is held back or cut: for Sluice's own interfaces.
[[nodiscard]] CardLimits no_limits();

struct CardParameter {
  std::string name;   ///< "$1"
  std::string type;   ///< "integer"; "of unknown type" if the agent left it to the server
  std::string value;  ///< a literal in its visible form: "'it''s'", "NULL", "binary, 0x00ff"; empty if withheld
  bool withheld = false;
};

/// The decision card: what a person reads before deciding, the same on every channel. All texts are as shown_text() makes them:
/// one line each, but for the statement; no control, invisible, direction-changing or look-alike characters. They are still text
/// from strangers: a channel escapes what its markup knows, shows the statement as a block that nothing in it can end, and every
/// other text so that it cannot pass for one of the channel's own headings.
struct DecisionCard {
  RequestId id;
  RequestState state = RequestState::pending;
  std::string action;       ///< "export, select"
  std::string database;
  std::string requester;    ///< "agent support-bot"
  std::string owner;        ///< empty: none
  std::string acts_for;     ///< empty: nobody
  std::string groups;       ///< "agents, support"
  std::string source;       ///< "127.0.0.1:5012"
  std::string application;  ///< what the agent's program calls itself; empty: nothing
  std::string upstream_role;
  std::string statement;    ///< lines as written
  std::vector<CardParameter> parameters;
  std::vector<HeldColumn> columns;
  std::vector<std::string> clear_columns;
  std::vector<std::string> objects;
  std::string estimate;     ///< "12 rows expected", "unknown"
  std::string ceiling;      ///< "rolled back above 1000 rows"; empty: none
  std::string rule;
  std::string reason;       ///< of the rule
  std::string approvers;    ///< "dbas, and security; needed: 2"
  bool reason_required = false;
  std::vector<std::string> votes;    ///< "approved by bob (slack): reason"
  std::vector<std::string> history;  ///< "approved by bob on 2026-11-20T…", "3 denials in the last hour"
  Timestamp expires{};      ///< while pending; while approved: when the approval lapses
  std::string outcome;      ///< "ran: 37 rows, 4096 bytes, 120 ms"; empty: has not run
  std::vector<std::string> notes;     ///< what to know about the statement's text: "2 comments, 30 characters"
  std::vector<std::string> left_out;  ///< what was cut, withheld or altered, in words: empty or no approval here

  /// Only then may a channel that is not Sluice's own offer to approve.
  [[nodiscard]] bool complete() const noexcept { return left_out.empty(); }
};

[[nodiscard]] DecisionCard make_card(const ApprovalRequest& request, const CardHistory& history, const CardLimits& limits);

/// SHA-256 over all that the card shows: evidence of what a voter saw.
[[nodiscard]] Digest digest_of(const DecisionCard& card);

}  // namespace sluice::approvals
