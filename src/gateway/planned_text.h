#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
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

/// A portal of the session, made by Bind or by SQL's DECLARE.
struct Portal {
  std::shared_ptr<const PlannedText> text;
  RequestId approved_by;  ///< empty unless it runs by an approval
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
