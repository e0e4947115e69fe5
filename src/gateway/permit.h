#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "control/statement_recorder.h"
#include "gateway/planned_text.h"
#include "net/task.h"

namespace sluice::gateway {

/// Leave to run one text once. Only obtain_permit() makes one, and the upstream connection runs nothing
/// without one: what runs is in the audit log before it goes upstream.
class Permit {
 public:
  Permit(Permit&&) = default;
  Permit& operator=(Permit&&) = default;

  [[nodiscard]] const plan::TextPlan& plan() const noexcept { return *running_->text->plan; }
  /// What the relay accounts to.
  [[nodiscard]] const std::shared_ptr<RunningText>& running() const noexcept { return running_; }

 private:
  friend net::awaitable<Result<Permit>> obtain_permit(control::StatementRecorder&, std::shared_ptr<const PlannedText>, std::uint64_t session,
                                                      std::uint64_t first_statement, RequestId, const Clock&);
  explicit Permit(std::shared_ptr<RunningText> running) : running_(std::move(running)) {}
  std::shared_ptr<RunningText> running_;
};

/// Writes the "admitted" record of each statement of `text`. `approved_by`: the request that was used up
/// for it, or empty. denied: the plan needs an approval and has none, or forbids. audit_unavailable: nothing may run.
[[nodiscard]] net::awaitable<Result<Permit>> obtain_permit(control::StatementRecorder& recorder, std::shared_ptr<const PlannedText> text,
                                                           std::uint64_t session, std::uint64_t first_statement, RequestId approved_by,
                                                           const Clock& clock);

}  // namespace sluice::gateway
