#include "gateway/permit.h"

#include <utility>

#include "plan/plan_statement.h"

namespace sluice::gateway {

net::awaitable<Result<Permit>> obtain_permit(control::StatementRecorder& recorder, std::shared_ptr<const PlannedText> text, std::uint64_t session,
                                             std::uint64_t first_statement, RequestId approved_by, const Clock& clock) {
  const policy::Verdict verdict = text->plan->verdict();
  if (verdict == policy::Verdict::deny) co_return plan::denial_of(*text->plan);
  if (verdict == policy::Verdict::hold && approved_by.empty()) {
    co_return make_error(ErrorKind::denied, "permission denied: the statement needs an approval");
  }
  const Timestamp now = clock.now();
  for (std::size_t i = 0; i < text->facts.size(); ++i) {
    Status recorded = recorder.admitted(text->facts[i], session, first_statement + i, now, approved_by);
    if (recorded.ok()) continue;
    SLUICE_CO_CHECK(co_await recorder.wait_for_room());
    SLUICE_CO_CHECK(recorder.admitted(text->facts[i], session, first_statement + i, now, approved_by));
  }
  auto running = std::make_shared<RunningText>();
  running->text = std::move(text);
  running->first_statement = first_statement;
  running->approved_by = std::move(approved_by);
  co_return Permit(std::move(running));
}

}  // namespace sluice::gateway
