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
};

/// A text that runs upstream, or waits there for its turn.
struct RunningText {
  std::shared_ptr<const PlannedText> text;
  std::size_t current = 0;           ///< which of its statements is next to complete
  std::uint64_t first_statement = 0; ///< number of its first statement within the session
  std::uint64_t rows = 0;            ///< of the current statement, so far
  std::uint64_t bytes = 0;
};

}  // namespace sluice::gateway
