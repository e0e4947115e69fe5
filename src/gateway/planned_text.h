#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/ids.h"
#include "control/statement_recorder.h"
#include "plan/statement_plan.h"

namespace sluice::gateway {

/// A plan as one worker keeps it for one identity: with the audit log's references to its statements.
struct PlannedText {
  std::shared_ptr<const plan::TextPlan> plan;
  std::vector<control::FactsRef> facts;  ///< one for each statement of the plan
};

/// A prepared statement of the session, made by Parse or by SQL's PREPARE.
struct PreparedStatement {
  std::shared_ptr<const PlannedText> text;
  std::vector<Oid> parameter_types;  ///< as Parse declared them
  std::string source;                ///< the agent's own text: what an approval would be for
  sql::NameContext names;            ///< what its names meant when it was prepared
  SnapshotVersions published;        ///< what all sessions saw when it was prepared
};

/// One execution that somebody approved, or that the policy bounds: a portal may be fetched in pieces, a cursor again and again.
struct ApprovedRun {
  ApprovedRun() = default;
  ApprovedRun(const ApprovedRun&) = delete;
  ApprovedRun& operator=(const ApprovedRun&) = delete;
  ~ApprovedRun() { end(); }  ///< a portal or cursor that is gone will give no more rows
  void end() {
    if (auto tell = std::exchange(on_end, nullptr)) tell(*this);
  }

  RequestId request;                       ///< empty: nobody was asked
  std::optional<std::uint64_t> max_rows;   ///< above it all of it is rolled back
  std::uint64_t left = 0;                  ///< rows that went to the agent
  std::uint64_t rows = 0;                  ///< what the command tags say
  std::uint64_t bytes = 0;                 ///< of row data that went to the agent
  std::map<std::string, std::uint64_t> changed;  ///< rows changed of each table, by the upstream's own counters
  std::uint64_t headers = 0;               ///< rows of COPY that are none and may pass besides
  bool exceeded = false;
  Digest statement{};                      ///< of text and parameters
  bool suspended = false;                  ///< the portal has more rows
  control::Outcome outcome = control::Outcome::unknown;  ///< of what has run so far
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point ended = begun;
  std::function<void(const ApprovedRun&)> on_end;  ///< called once
};

/// A portal of the session, made by Bind or by SQL's DECLARE.
struct Portal {
  std::shared_ptr<const PlannedText> text;
  RequestId approved_by;  ///< empty unless it runs by an approval
  std::shared_ptr<ApprovedRun> run;  ///< null unless it runs by an approval or has a limit of rows
  bool with_hold = false;
  bool binary = false;                                   ///< DECLARE … BINARY
  std::shared_ptr<const PreparedStatement> statement;    ///< that Bind named; null: DECLARE
  std::shared_ptr<const PreparedStatement> executes;     ///< EXECUTE: what it was when the portal was bound
};

/// A text that runs upstream, or waits there for its turn.
struct RunningText {
  std::shared_ptr<const PlannedText> text;
  std::size_t current = 0;           ///< which of its statements is next to complete
  std::uint64_t first_statement = 0; ///< number of its first statement within the session
  std::uint64_t rows = 0;            ///< of the current statement, so far
  std::uint64_t bytes = 0;
  std::string row_head;              ///< the beginning of the current statement's first row, held back until it is known to be as planned
  RequestId approved_by;             ///< empty unless it runs by an approval
  std::shared_ptr<ApprovedRun> run;  ///< null unless it runs by an approval or has a limit of rows
  bool awaits_check = false;         ///< its completion is held back until its rows have been counted
  std::shared_ptr<const PlannedText> rows_of;            ///< FETCH: the text whose rows come; null: `text` itself
  std::shared_ptr<const PreparedStatement> prepares;     ///< PREPARE: what the session has once it succeeded
  std::shared_ptr<const Portal> declares;                ///< DECLARE: likewise
};

/// A text of which EXECUTE and FETCH have been looked up: with the rules and the rows of what they run.
struct ResolvedText {
  std::shared_ptr<const PlannedText> text;
  std::shared_ptr<const PreparedStatement> executes;     ///< null unless it is an EXECUTE
  std::shared_ptr<const Portal> fetches;                 ///< null unless it is a FETCH or MOVE
};

}  // namespace sluice::gateway
